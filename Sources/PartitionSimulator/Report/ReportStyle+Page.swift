extension ReportStyle {
    /// Pages: one column that widens, diagrams in boxes of their own that scroll, tables that fold.
    static let page = """
        *{box-sizing:border-box} html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--paper);color:var(--ink);line-height:1.5;font-size:15px;\
        font-family:system-ui,-apple-system,"Segoe UI","Helvetica Neue",Arial,"DejaVu Sans",sans-serif}
        main{max-width:1480px;margin:0 auto;padding:0 clamp(16px,4vw,56px) 64px}
        h1{font-size:clamp(1.35rem,1rem + 1.8vw,2.1rem);line-height:1.2;letter-spacing:-.015em;margin:.1em 0 .25em;\
        font-weight:650;text-wrap:balance;overflow-wrap:anywhere}
        h2{font-size:1.15rem;letter-spacing:-.005em;margin:0 0 .5em;font-weight:650} h3{font-size:.95rem;margin:0 0 .4em}
        p{margin:.3em 0;max-width:76ch;overflow-wrap:anywhere} .soft{color:var(--soft)} section{margin-top:44px}
        a{color:var(--accent);text-underline-offset:.18em}
        :focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:3px}
        code,pre,.mono{font-family:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;\
        font-size:.88em}
        .over{margin:0;font-size:.85rem;color:var(--soft)} .over b{color:var(--accent);font-weight:650}
        header{padding:34px 0 4px;border-top:6px solid var(--accent)} header.violated{border-color:var(--alarm)}
        header.undecided{border-color:var(--warn)} .violated h1{color:var(--alarm)} .undecided h1{color:var(--warn)}
        .badge{display:inline-flex;width:1.15em;height:1.15em;border-radius:50%;align-items:center;\
        justify-content:center;\
        font-size:.85em;margin-right:.4em;vertical-align:.04em;background:var(--accent);color:var(--paper);\
        font-weight:700}
        .violated .badge{background:var(--alarm)} .undecided .badge{background:var(--warn)}
        .command{display:flex;gap:8px;align-items:stretch;margin:18px 0 0;max-width:100%}
        .command code{flex:0 1 auto;min-width:0;overflow-x:auto;white-space:pre;background:var(--panel);\
        border:1px solid var(--edge);\
        border-radius:6px;padding:8px 12px}
        button,select,input{font:inherit;color:inherit;background:var(--panel);border:1px solid var(--edge);\
        border-radius:6px;\
        padding:6px 12px;min-height:38px} button{cursor:pointer} button:hover{border-color:var(--accent);\
        color:var(--accent)}
        button.copy{min-width:5.4em;flex:none}
        .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(132px,1fr));gap:1px;background:var(--hair);\
        margin:28px 0 0;\
        border:1px solid var(--hair);border-radius:8px;overflow:hidden}
        .figures div{background:var(--panel);padding:12px 16px} .figures dt{font-size:.8rem;color:var(--soft)}
        .figures dd{margin:2px 0 0;font-size:1.28rem;font-variant-numeric:tabular-nums;letter-spacing:-.01em}
        .figures dd small{display:block;font-size:.78rem;color:var(--soft);letter-spacing:0;line-height:1.35}
        ol.violations{list-style:none;margin:0;padding:0;display:grid;gap:8px}
        ol.violations li{background:var(--alarm-soft);border-left:4px solid var(--alarm);border-radius:4px;\
        padding:10px 14px;\
        overflow-wrap:anywhere}
        ol.violations li p{margin:.15em 0 0} ol.violations b{font-weight:650}
        .box{overflow-x:auto;border:1px solid var(--hair);border-radius:8px;background:var(--paper);padding:10px 0}
        .box svg{display:block} .readout{min-height:3em;max-width:none;white-space:pre-line;font-size:.88rem;\
        margin:.6em 0 .2em;color:var(--soft)}
        .readout.full{color:var(--ink)} .legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 20px;padding:0;\
        margin:.4em 0}
        .legend li{display:flex;gap:8px;align-items:center;font-size:.85rem} .legend svg{flex:none}
        .notes{margin:.6em 0 0;padding-left:1.1em;font-size:.85rem;color:var(--soft)}
        .mark[data-sets],.frame[data-sets]{cursor:pointer} svg :focus{outline:none}
        .mark:focus .dot{stroke:var(--accent);stroke-width:4}
        .diagram.lighting .mark:not(.lit),.diagram.lighting .frame:not(.lit){opacity:.18}
        .diagram.lighting .lit.lit{opacity:1}
        .lit .sign{fill:var(--accent);stroke:var(--accent);stroke-width:3} .lit .dot{fill:var(--accent);\
        stroke:var(--accent);stroke-width:3}
        .lit .shaft{stroke:var(--accent);stroke-width:2.6} .found .halo{stroke-width:4}
        .found .dot,.found .sign{stroke:var(--accent);stroke-width:4}
        .tables{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,470px),1fr));gap:28px 40px;\
        align-items:start}
        table{border-collapse:collapse;width:100%;font-size:.86rem} th{text-align:left;font-weight:600}
        caption{text-align:left}
        td,th{padding:4px 10px 4px 0;border-bottom:1px solid var(--hair);vertical-align:top}
        thead th{color:var(--soft);font-weight:500;font-size:.8rem} td.number,th.number{text-align:right;\
        font-variant-numeric:tabular-nums}
        caption{font-weight:650;padding-bottom:6px} caption small{font-weight:400;color:var(--soft)}
        tbody th{font-weight:500}
        .tables .number{width:6.6em} td.none{color:var(--warn)} td.wait{color:var(--soft);font-style:italic}
        .filters{display:flex;flex-wrap:wrap;gap:10px 14px;align-items:end;margin:0 0 12px}
        .filters label{display:grid;gap:2px;font-size:.8rem;color:var(--soft)} .filters input{width:min(100%,240px)}
        .events td:first-child{white-space:nowrap;font-variant-numeric:tabular-nums} .events td{overflow-wrap:anywhere}
        .events td:nth-child(3){white-space:nowrap;color:var(--soft)} .more{margin-top:12px} .events{overflow-x:auto}
        details{border:1px solid var(--hair);border-radius:8px;background:var(--panel)} summary{cursor:pointer;\
        padding:10px 14px;font-weight:600}
        details pre{margin:0;padding:4px 16px 16px;overflow-x:auto} footer{margin-top:48px;font-size:.82rem;\
        color:var(--soft)}
        footer p{max-width:none}
        .strip{display:flex;flex-wrap:wrap;gap:3px;margin:.6em 0;padding:0;list-style:none} .strip li{line-height:0}
        .cell{display:flex;width:15px;height:15px;border-radius:3px;background:var(--accent-soft);\
        border:1px solid var(--accent);\
        align-items:center;justify-content:center;font-size:11px;line-height:1;font-weight:700;text-decoration:none}
        .cell.violated{background:var(--alarm);border-color:var(--alarm);color:var(--paper)}
        .cell.undecided{background:var(--paper);border-color:var(--warn);color:var(--warn)}
        .failure{border-left:4px solid var(--alarm);padding:2px 0 2px 16px;margin:0 0 22px}
        .failure.undecided{border-color:var(--warn)}
        .failure .command{margin-top:8px} .hidden{position:absolute;width:1px;height:1px;overflow:hidden;\
        clip-path:inset(50%);white-space:nowrap}
        @media (max-width:640px){.tables .number{width:4.6em} header{padding-top:22px} section{margin-top:34px} .command{flex-wrap:wrap}\
        .figures{grid-template-columns:repeat(2,1fr)} .events td:nth-child(3),.events th:nth-child(3){display:none}}
        @media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
        @media print{.filters,.command button,.more{display:none} .box{overflow:visible}}

        """
}
