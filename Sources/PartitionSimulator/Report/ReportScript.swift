/// The scripts of pages: small, plain, and nothing is lost without them. They make no requests.
enum ReportScript {
    /// Copies a command. Pages opened from a file may not have the clipboard; then the text is selected for the keyboard.
    static let copying = """
        'use strict';
        document.querySelectorAll('button.copy').forEach(function (button) {
          var code = button.parentNode.querySelector('code'), words = button.textContent;
          button.hidden = false;
          button.addEventListener('click', function () {
            function tell(text) { button.textContent = text; setTimeout(function () { button.textContent = words; }, 1600); }
            function select() {
              var range = document.createRange();
              range.selectNodeContents(code);
              getSelection().removeAllRanges();
              getSelection().addRange(range);
              tell(document.execCommand('copy') ? 'Copied' : 'Selected');
            }
            if (!navigator.clipboard) { select(); return; }
            navigator.clipboard.writeText(code.textContent).then(function () { tell('Copied'); }, select);
          });
        });

        """

    /// The space-time diagram: names stay in sight, a deed lights up where its change set arrived, arrow keys walk from deed to deed.
    static let diagram = """
        (function () {
          var box = document.querySelector('#space-time .box'), readout = document.querySelector('#space-time .readout');
          if (!box) return;
          var svg = box.querySelector('svg'), names = svg.querySelector('.names'), bySet = new Map(), empty = readout.textContent;
          box.addEventListener('scroll', function () { names.setAttribute('transform', 'translate(' + box.scrollLeft + ' 0)'); });
          function sets(element) { var text = element.getAttribute('data-sets'); return text ? text.split(' ') : []; }
          svg.querySelectorAll('[data-sets]').forEach(function (element) {
            sets(element).forEach(function (set) {
              if (!bySet.has(set)) bySet.set(set, []);
              bySet.get(set).push(element);
            });
          });
          function clear() {
            svg.classList.remove('lighting');
            svg.querySelectorAll('.lit').forEach(function (element) { element.classList.remove('lit'); });
          }
          function show(element) {
            clear();
            var title = element.querySelector('title');
            if (title) { readout.textContent = title.textContent; readout.classList.add('full'); }
            var wanted = sets(element);
            if (!wanted.length || !element.classList.contains('mark')) return;
            svg.classList.add('lighting');
            wanted.forEach(function (set) { bySet.get(set).forEach(function (other) { other.classList.add('lit'); }); });
          }
          function target(event) { return event.target.closest ? event.target.closest('.mark, .frame, .alarm, .cuts g') : null; }
          function over(event) { var element = target(event); if (element) show(element); }
          svg.addEventListener('pointerover', over);
          svg.addEventListener('focusin', over);
          svg.addEventListener('pointerout', function (event) { if (target(event)) clear(); });
          svg.addEventListener('focusout', clear);

          function reveal(element) {
            var place = element.getBoundingClientRect(), frame = box.getBoundingClientRect();
            if (place.left >= frame.left + 170 ? place.right > frame.right - 20 : true) {
              box.scrollLeft += place.left + place.width / 2 - frame.left - (frame.width + 132) / 2;
            }
          }
          // Of a run that went wrong, people want to see where first.
          if (svg.querySelector('.alarms .alarm')) reveal(svg.querySelector('.alarms .alarm'));
          var deeds = Array.prototype.slice.call(svg.querySelectorAll('.mark.deed')), current = 0;
          if (deeds.length) deeds[0].setAttribute('tabindex', '0');
          function go(index) {
            if (!deeds[index]) return;
            deeds[current].setAttribute('tabindex', '-1');
            current = index;
            deeds[current].setAttribute('tabindex', '0');
            deeds[current].focus({preventScroll: true});
            reveal(deeds[current]);
          }
          function row(index) { return Number(deeds[index].getAttribute('data-row')); }
          function across(step) {
            var best = -1, here = deeds[current].getBoundingClientRect();
            deeds.forEach(function (deed, index) {
              if ((row(index) - row(current)) * step !== Math.abs(row(index) - row(current)) || row(index) === row(current)) return;
              var cost = function (other) {
                return Math.abs(row(other) - row(current)) * 1e6 + Math.abs(deeds[other].getBoundingClientRect().left - here.left);
              };
              if (best === -1 || cost(best) > cost(index)) best = index;
            });
            go(best);
          }
          svg.addEventListener('keydown', function (event) {
            var index = deeds.indexOf(event.target);
            if (index === -1) return;
            current = index;
            var moves = {
              ArrowRight: function () { go(current + 1); }, ArrowLeft: function () { go(current - 1); },
              ArrowDown: function () { across(1); }, ArrowUp: function () { across(-1); },
              Home: function () { go(0); }, End: function () { go(deeds.length - 1); }, Escape: clear
            };
            if (!moves[event.key]) return;
            event.preventDefault();
            moves[event.key]();
          });
          document.addEventListener('click', function (event) {
            var link = event.target.closest ? event.target.closest('a[data-mark]') : null;
            var element = link ? document.getElementById(link.getAttribute('href').slice(1)) : null;
            if (!element) return;
            event.preventDefault();
            document.getElementById('space-time').scrollIntoView();
            reveal(element);
            svg.querySelectorAll('.found').forEach(function (other) { other.classList.remove('found'); });
            element.classList.add('found');
            if (element.hasAttribute('tabindex')) element.focus({preventScroll: true});
            show(element);
          });
        })();

        """

    /// The list of entries: filters, and two hundred rows at a time.
    static let entries = """
        (function () {
          var holder = document.getElementById('entries-data');
          if (!holder) return;
          var data = JSON.parse(holder.textContent), body = document.querySelector('.events tbody');
          var node = document.getElementById('filter-node'), kind = document.getElementById('filter-kind');
          var text = document.getElementById('filter-text'), more = document.querySelector('.more button');
          var count = document.getElementById('entries-count'), found = [], shown = 0;
          document.querySelector('.filters').hidden = false;
          function two(value) { return (value > 9 ? '' : '0') + value; }
          function clock(at) {
            var date = new Date(data.start + at), rest = date.getUTCMilliseconds();
            var time = two(date.getUTCHours()) + ':' + two(date.getUTCMinutes()) + ':' + two(date.getUTCSeconds());
            return rest ? time + '.' + ('00' + rest).slice(-3) : time;
          }
          function offset(at) {
            var seconds = Math.floor(at / 1000), rest = at % 1000, hours = Math.floor(seconds / 3600);
            var minutes = Math.floor(seconds / 60) % 60;
            var time = (hours ? hours + ':' + two(minutes) : minutes) + ':' + two(seconds % 60);
            return '+' + (rest ? time + '.' + ('00' + rest).slice(-3) : time);
          }
          function cell(row, words) { var made = row.insertCell(); made.textContent = words; return made; }
          function add(index) {
            var row = body.insertRow(), time = cell(row, ''), words = clock(data.at[index]) + '  ' + offset(data.at[index]);
            if (data.mark[index] === -1) { time.textContent = words; } else {
              var link = document.createElement('a');
              link.href = '#e' + data.mark[index];
              link.setAttribute('data-mark', '');
              link.textContent = words;
              time.appendChild(link);
            }
            cell(row, data.node[index] === -1 ? '' : data.nodes[data.node[index]]);
            cell(row, data.kinds[data.kind[index]]);
            cell(row, data.text[index]);
          }
          function page() {
            var end = Math.min(shown + 200, found.length);
            while (end > shown) { add(found[shown]); shown += 1; }
            more.hidden = shown === found.length;
            count.textContent = shown.toLocaleString('en-US') + ' of ' + found.length.toLocaleString('en-US') + ' shown';
          }
          function filter() {
            var wanted = text.value.trim().toLowerCase(), of = node.value === '' ? null : Number(node.value);
            found = [];
            for (var index = 0; index !== data.at.length; index += 1) {
              if (of !== null ? data.node[index] !== of ? data.peer[index] !== of : false : false) continue;
              if (kind.value !== '' ? data.kind[index] !== Number(kind.value) : false) continue;
              if (wanted !== '' ? data.text[index].toLowerCase().indexOf(wanted) === -1 : false) continue;
              found.push(index);
            }
            body.textContent = '';
            shown = 0;
            page();
          }
          var waiting = 0;
          node.addEventListener('change', filter);
          kind.addEventListener('change', filter);
          text.addEventListener('input', function () { clearTimeout(waiting); waiting = setTimeout(filter, 120); });
          more.addEventListener('click', page);
          filter();
        })();

        """
}
