/// The look of reports: one palette for light and dark, one accent, red for what is wrong. Diagrams and pages share it.
enum ReportStyle {
    /// The palette. Texts keep a contrast of at least 4.5 to 1 against paper and panel, in light and in dark.
    static let colours = """
        :root{color-scheme:light dark;--paper:#fbfaf7;--panel:#fff;--ink:#1d2329;--soft:#59616c;--hair:#e3dfd7;--edge:#cbc5ba;\
        --quiet:#8c939c;--accent:#0b6b66;--accent-soft:#dcedea;--alarm:#b3261e;--alarm-soft:#fae5e2;--warn:#835000;\
        --warn-soft:#f6ead1;--hatch:#e2d8c4;--hatch-ground:#f8f3e8}
        @media (prefers-color-scheme:dark){:root{--paper:#15181c;--panel:#1b1f24;--ink:#e9e7e2;--soft:#a6adb7;--hair:#2b3138;\
        --edge:#444c55;--quiet:#78818c;--accent:#5ec7bd;--accent-soft:#173a39;--alarm:#ff8d7e;--alarm-soft:#47211d;--warn:#e2b566;\
        --warn-soft:#3a2f1a;--hatch:#37322a;--hatch-ground:#201f1d}}

        """

    /// What a page gives and a file of its own must bring.
    static let standalone = """
        svg{font-family:system-ui,-apple-system,"Segoe UI","Helvetica Neue",Arial,"DejaVu Sans",sans-serif}

        """

    /// Diagrams. Forms carry the meaning; colour only repeats it.
    static let diagram = """
        .diagram text,.plot text{font-size:11px;fill:var(--ink)}
        .paper{fill:var(--paper)} .diagram .heading,.plot .heading{font-size:17px;font-weight:600}
        .diagram .soft,.diagram .kind,.diagram .caption,.plot .soft,.plot .caption{fill:var(--soft)}
        .diagram .caption,.diagram .legend-text,.plot .caption{font-size:12px} .diagram .name{font-size:13px;font-weight:600}
        .tick{text-anchor:middle;font-variant-numeric:tabular-nums} .pause{text-anchor:middle}
        .diagram .pause{fill:var(--soft);font-style:italic;font-size:10px}
        .grid{stroke:var(--hair);fill:none} .axis-line{stroke:var(--edge);fill:none} .hit-area{fill:transparent}
        .zigzag{stroke:var(--soft);fill:none} .zigzag-gap{stroke:var(--paper);stroke-width:5;fill:none;stroke-linejoin:round}
        .line{stroke:var(--soft);stroke-width:1.5;fill:none} .line.in{stroke:var(--ink);stroke-width:2.6}
        .line.paused{stroke-dasharray:7 5} .line.down{stroke-dasharray:1 5;stroke:var(--quiet)}
        .break{stroke:var(--soft);stroke-width:1;fill:none} .break-gap{stroke:var(--paper);stroke-width:3;fill:none}
        .hatch{stroke:var(--hatch);stroke-width:1.2;fill:none} .hatch-ground{fill:var(--hatch-ground)}
        .bar{fill:var(--warn-soft);stroke:var(--warn);stroke-width:.8} .diagram .bar-text{fill:var(--warn)}
        .diagram .part{fill:var(--warn);font-weight:600}
        .shaft{fill:none;stroke:var(--quiet);stroke-width:.8} .hit{fill:none;stroke:transparent;stroke-width:7}
        .carry .shaft{stroke:var(--accent);stroke-width:1.7}
        .frame .faded{stroke-dasharray:2 3;opacity:.55} .replayed .shaft{stroke-dasharray:5 2} .replayed .loop{stroke-dasharray:none}
        .damaged .shaft,.lost .shaft{stroke:var(--warn)} .control.damaged .shaft,.control.lost .shaft{stroke-width:1}
        .dot{fill:var(--ink);stroke:var(--paper);stroke-width:1.5} .refused .dot{fill:var(--paper);stroke:var(--ink);stroke-width:1.8}
        .sign{fill:none;stroke:var(--soft);stroke-width:1.3;stroke-linejoin:round}
        .merged .sign{fill:var(--paper);stroke:var(--accent)} .stopped .sign{stroke:var(--ink);stroke-width:2.4}
        .ring{fill:var(--paper);stroke:var(--ink);stroke-width:2} .paused .sign{stroke:var(--ink);stroke-width:2.4}
        .resumed .sign{fill:var(--ink);stroke:var(--ink)} .fault .sign,.warning .sign{stroke:var(--warn);fill:var(--warn-soft)}
        .notice .sign{fill:var(--panel)} .extent{stroke:var(--warn);fill:var(--warn-soft);stroke-width:.8}
        .leader{stroke:var(--edge);fill:none;stroke-width:1}
        .labels text{paint-order:stroke;stroke:var(--paper);stroke-width:3.5px;stroke-linejoin:round}
        .labels .refused{font-style:italic} .diagram .labels .fault{fill:var(--warn)}
        .diagram .labels .remark,.diagram .labels .life{fill:var(--soft)}
        .diagram .labels .alarm{fill:var(--alarm);font-weight:700}
        .alarm-line{stroke:var(--alarm);stroke-width:1.4;stroke-dasharray:5 4;fill:none} .burst{fill:var(--alarm)}
        .halo{fill:var(--alarm-soft);stroke:var(--alarm);stroke-width:1.2}
        .coned .frame.off,.coned .mark.off,.coned .line.off{opacity:.3} .coned .labels .off{opacity:.55}
        .coned .frame.carry:not(.off) .shaft{stroke-width:2.3}
        .step{fill:none;stroke:var(--ink);stroke-width:2} .step.total{stroke:var(--accent);stroke-width:2.4}
        .step.node{stroke:var(--soft);stroke-width:1.2} .area{fill:var(--accent-soft)} .plot .series{fill:var(--soft)}
        .plot .panel-title{font-size:12.5px;font-weight:600} .value{text-anchor:end;font-variant-numeric:tabular-nums}
        .shade{fill:var(--hatch-ground)} .shade-edge{stroke:var(--hatch);fill:none} .plot .alarm-text{fill:var(--alarm);font-weight:600}

        """
}
