import OfficeNode
@testable import PartitionSimulator
import Testing

@Suite("Reading scenario files")
struct ScenarioReadingTests {
    /// A file whose fourth line on is `events`.
    private static func file(_ events: String, nodes: String = "[towson, belair, {name: laptop, kind: laptop}]") -> String {
        "duration: 2h\nnodes: \(nodes)\nevents:\n\(events)"
    }

    private func read(_ text: String) throws -> Scenario { try Scenario(yaml: text, name: "test") }

    private func mistakes(_ text: String) throws -> [String] {
        let error = try #require(throws: SimulationError.self) { try Scenario(yaml: text) }
        #expect(error.code == .scenario)
        return error.message.split(separator: "\n").map(String.init)
    }

    private func events(_ text: String) throws -> [ScenarioEvent] { try read(Self.file(text)).events }

    private func action(_ text: String) throws -> ScenarioAction {
        let events = try read(Self.file("  - {at: 1m, \(text)}", nodes: "[{name: a, storage: disk}, b, {name: c, storage: disk}]")).events
        return try #require(events.first).action
    }

    @Test("a file of the design is read as it is meant")
    func whole() throws {
        let scenario = try read(
            """
            # Two offices claim the same thread.
            seed: 7
            start: 2026-03-06T16:00:00Z
            duration: 2h
            patients: 9
            nodes: [towson, belair, {name: laptop, kind: laptop, storage: disk, clock: -5m}]
            links: {delay: 20-200ms, loss: 5%, reorder: 2%, duplicate: 0.01%, bandwidth: 768kbit/s}
            events:
              - {at: 40m, heal: all}
              - {at: 5m, node: towson, do: open, thread: T1, patient: 8, category: medication}
              - {at: 10m, partition: [[towson], [belair, laptop]], for: 20m, shows: two-claims}
            expect:
              converged-within: 3 rounds
              thread: {T1: {status: open, contested: [], tags: [b, a], needs-reply: yes}}
              warnings: {belair: [clock]}
              notices: {towson: [contested]}
            invariants: {except: [boundedness]}
            """)
        #expect(scenario.name == "test" && scenario.seed == 7 && scenario.duration == 7_200_000 && scenario.patients == 9)
        #expect(scenario.start == Scenario.startDefault)
        #expect(scenario.nodes.map(\.name) == ["towson", "belair", "laptop"])
        #expect(scenario.nodes[2] == .init(name: "laptop", kind: .laptop, storage: .disk, skew: -300_000))
        #expect(scenario.conditions.delay == 20...200 && scenario.conditions.loss == 50_000)
        #expect(scenario.conditions.duplication == 100 && scenario.conditions.bandwidth == 96_000)
        #expect(scenario.events.map(\.at) == [300_000, 600_000, 2_400_000], "in the order of time")
        #expect(scenario.events.map(\.line) == [10, 11, 9])
        #expect(scenario.events[1].shows == .twoClaims)
        #expect(scenario.expectations.rounds == 3 && scenario.expectations.threads["T1"]?.tags == ["a", "b"])
        #expect(scenario.expectations.threads["T1"]?.contested == [] && scenario.expectations.threads["T1"]?.needsReply == true)
        #expect(!scenario.invariants.contains(.boundedness) && scenario.invariants.count == Invariant.allCases.count - 1)
        #expect(scenario.isPlan && scenario.notYet.isEmpty)
    }

    @Test("every kind of event has its words", arguments: [
        ("partition: [[a], [b, c]]", .partition([["a"], ["b", "c"]], for: nil)),
        ("partition: ring-of-majorities, for: 1h", .shape(.ringOfMajorities, for: 3_600_000)),
        ("cut: [a, b], for: 1m", .cut("a", "b", oneWay: false, for: 60_000)),
        ("one-way: [a, b]", .cut("a", "b", oneWay: true, for: nil)),
        ("isolate: b, for: 90s", .isolate("b", for: 90_000)),
        ("heal: all", .heal(.all)), ("heal: b", .heal(.of("b"))), ("heal: [a, c]", .heal(.between("a", "c"))),
        ("jam: all, for: 1s", .jam(.all, for: 1_000)), ("half-open: [c, a]", .halfOpen("c", "a")),
        ("flap: [a, b], every: 5s, for: 1m", .flap(.between("a", "b"), every: 5_000, for: 60_000)),
        ("swizzle: all, for: 2m", .swizzle(for: 120_000)),
        ("replay: a, age: 10m, count: 50, session: other", .replay(.of("a"), age: 600_000, count: 50, otherSession: true)),
        ("kill: a", .kill("a", .killed, .now)),
        ("kill: a, when: sync, death: power-lost", .kill("a", .powerLost, .sync)),
        ("restart: b", .restart("b")), ("restart-loop: b, times: 5, every: 10s", .restartLoop("b", times: 5, every: 10_000)),
        ("pause: b, for: 1h59m", .pause("b", for: 7_140_000)),
        ("clock: a, jump: -3650d", .clock("a", .jump(-315_360_000_000), for: nil)),
        ("clock: a, drift: -500ppm, for: 1h", .clock("a", .drift(-500), for: 3_600_000)),
        ("clock: a, frozen: yes", .clock("a", .frozen, for: nil)),
        ("disk: a, fault: io-error, for: 1m", .disk("a", .inputOutputError, for: 60_000)),
        ("backup: a", .backup("a")), ("clone: a, as: twin", .clone("a", as: "twin")),
        ("join: {name: d, kind: laptop, clock: +1h}, through: a", .join(.init(name: "d", kind: .laptop, skew: 3_600_000), through: "a")),
        ("join: d, through: a", .join(.init(name: "d"), through: "a")),
        ("attack: forged-signature, by: b, against: a", .attack(.forgedSignature, by: "b", against: "a")),
        ("attack: mixed-versions, by: b", .attack(.mixedVersions, by: "b", against: nil)),
        ("settle: all", .settle),
    ] as [(String, ScenarioAction)])
    func actions(_ text: String, _ expected: ScenarioAction) throws {
        #expect(try action(text) == expected)
    }

    @Test("conditions of links are read for all, one node or one link")
    func links() throws {
        var patch = LinkPatch()
        patch.loss = 200_000
        patch.burst = 8
        #expect(try action("links: {loss: 20%, burst: 8}") == .conditions(.all, patch, for: nil))
        #expect(try action("links: {of: b, loss: 20%, burst: 8}, for: 1m") == .conditions(.of("b"), patch, for: 60_000))
        #expect(try action("links: {between: [a, b], loss: 20%, burst: 8}") == .conditions(.between("a", "b"), patch, for: nil))
    }

    @Test("deeds are read with all that belongs to them")
    func deeds() throws {
        let events = try events(
            """
              - {at: 1m, node: towson, do: open, thread: T1, patient: 2, category: medication, office: belair}
              - {at: 1m, node: towson, do: open, thread: T2}
              - {at: 2m, node: towson, do: look, thread: T1, as: desk-towson}
              - {at: 3m, node: towson, do: reply, thread: T1, as: desk-towson, page: looked, times: 2, expect: not-allowed}
              - {at: 4m, node: laptop, do: offer, thread: T1, as: oncall, to: queue-belair, expect: refused}
              - {at: 5m, node: belair, do: merge, thread: T1, as: admin, to: T2, expect: done}
              - {at: 6m, node: belair, do: snooze, thread: T2, as: admin, value: 90m}
              - {at: 7m, node: belair, do: consent, patient: 3, value: off}
              - {at: 8m, node: belair, do: tag, thread: T2, as: admin, value: "a, 'b': #c"}
            """)
        let deeds = events.compactMap { if case .deed(let deed) = $0.action { deed } else { nil } }
        try #require(deeds.count == 9)
        #expect(deeds[0].patient == 2 && deeds[0].value == "medication" && deeds[0].to == "belair" && deeds[0].actor == nil)
        #expect(deeds[3].page == .looked && deeds[3].times == 2 && deeds[3].expected == .refused("not-allowed"))
        #expect(deeds[4].to == "queue-belair" && deeds[4].expected == .refused(nil))
        #expect(deeds[5].to == "T2" && deeds[5].expected == .done)
        #expect(deeds[6].value == "1h30m")
        #expect(deeds[7].patient == 3 && deeds[7].value == "off" && deeds[7].thread == "" && deeds[7].actor == nil)
        #expect(deeds[8].value == "a, 'b': #c")
    }

    @Test("what is not built yet is accepted and noted, and does not happen")
    func notYet() throws {
        let scenario = try read(
            """
            duration: 1h
            nodes: [a]
            events:
              - {at: 1m, node: a, do: open, thread: T1}
              - {at: 2m, snapshot: a}
              - {at: 3m, node: a, do: remind, thread: T1, as: admin}
              - {at: 3m, node: a, do: remind, thread: T1, as: admin}
            invariants: [deadlines, convergence]
            """)
        #expect(scenario.events.count == 1)
        #expect(scenario.notYet.map(\.line) == [5, 6, 7, 8])
        #expect(scenario.notYet[0].description == "line 5: snapshot: not built yet; it comes with snapshots")
        let shapeless = try mistakes("duration: 1h\nnodes: [a]\nevents:\n  - {at: 1m, revoke: b, through: c}\n  - {at: 1m, node: a, do: remind}")
        #expect(shapeless.count == 4, "\(shapeless)")
    }

    @Test("what relays do that they should not is read, and what makes no sense is refused")
    func relays() throws {
        let head = "duration: 1h\nnodes: [a, b, {name: r, kind: relay, storage: disk}, {name: s, kind: relay}]\nevents:\n"
        let scenario = try read(
            head
                + """
                  - {at: 1m, attack: relay-drops, by: s, for: 5m}
                  - {at: 2m, attack: relay-reorders, by: r, against: a}
                  - {at: 3m, attack: relay-withholds, by: r, against: b, for: 20m}
                  - {at: 4m, attack: relay-rolls-back, by: r}
                  - {at: 5m, isolate: s, shows: relay-down}
                """)
        #expect(
            scenario.events.prefix(4).map(\.action) == [
                .lie(.relayDrops, by: "s", against: nil, for: 300_000), .lie(.relayReorders, by: "r", against: "a", for: nil),
                .lie(.relayWithholds, by: "r", against: "b", for: 1_200_000), .lie(.relayRollsBack, by: "r", against: nil, for: nil),
            ])
        #expect(scenario.notYet.isEmpty && scenario.nodes[2].kind == .relay)
        for (line, says) in [
            ("attack: relay-drops, by: a", "by: expected a node of `kind: relay`, found `a`"),
            ("attack: relay-rolls-back, by: s", "expected a node with a disk, found `s`"),
            ("attack: relay-withholds, by: r", "attack: expected `against`"),
            ("attack: relay-rolls-back, by: r, for: 1m", "for: expected no length"),
            ("attack: equivocation, by: b, for: 1m", "for: expected no length"),
        ] {
            let found = try mistakes(head + "  - {at: 1m, \(line)}")
            #expect(found.count == 1 && found.first?.contains(says) == true, "\(line): \(found)")
        }
    }

    @Test("what administrators do is read")
    func membership() throws {
        let scenario = try read(
            """
            duration: 1h
            nodes: [a, b]
            events:
              - {at: 1m, promote: b, through: a}
              - {at: 2m, revoke: b, through: a}
              - {at: 2m, rotate: epoch, through: a}
              - {at: 2m, retire: b, through: a}
              - {at: 2m, recover: administrator, through: b}
            """)
        let expected: [ScenarioAction] = [
            .administer(.promote("b"), through: "a"), .administer(.revoke("b"), through: "a"), .administer(.rotate, through: "a"),
            .administer(.retire("b"), through: "a"), .administer(.recover, through: "b"),
        ]
        #expect(scenario.events.map(\.action) == expected && scenario.notYet.isEmpty)
        let wrong = try mistakes(
            "duration: 1h\nnodes: [a]\nevents:\n  - {at: 1m, revoke: b, through: c}\n  - {at: 1m, rotate: keys, through: a}")
        #expect(wrong.count == 3, "\(wrong)")
    }

    @Test("chance is read", arguments: [
        ("workload: usual", Workload(), nil), ("swarm: usual", nil, Swarm()),
    ] as [(String, Workload?, Swarm?)])
    func chance(_ text: String, _ workload: Workload?, _ swarm: Swarm?) throws {
        let scenario = try read("duration: 1h\nnodes: [a]\n\(text)")
        #expect(scenario.workload == workload && scenario.swarm == swarm && !scenario.isPlan)
    }

    @Test("chance is read with settings")
    func chanceSettings() throws {
        let scenario = try read(
            """
            duration: 1h
            nodes: [a]
            workload: {messages-per-hour: 3, deeds-per-hour: 4, night-share: 5%, stale-pages: 6%, double-clicks: 7%, hours: 9-16}
            swarm: {faults: {except: [loss, snapshot-joiner]}, share: 50%, per-hour: 9, length: 1s-1h, settle-every: 30m}
            """)
        var workload = Workload()
        (workload.messagesPerHour, workload.deedsPerHour, workload.nightShare) = (3, 4, 5)
        (workload.stalePages, workload.doubleClicks, workload.hours) = (6, 7, 9...16)
        #expect(scenario.workload == workload)
        var swarm = Swarm()
        swarm.faults.removeAll { $0 == .loss }
        (swarm.share, swarm.perHour, swarm.length, swarm.settleEvery) = (50, 9, 1_000...3_600_000, 1_800_000)
        #expect(scenario.swarm == swarm)
        let named = try read("duration: 1h\nnodes: [a]\nswarm: {faults: [loss, pause, snapshot-joiner]}")
        #expect(named.swarm?.faults == [.loss, .pause] && named.notYet.count == 1)
    }

    @Test("all mistakes of a file are told at once, by line")
    func everything() throws {
        let found = try mistakes(
            """
            sead: 1
            duration: 2h
            nodes: [towson, belair]
            events:
              - {at: 3h, isolate: towsen}
              - {at: 10m, node: towson, do: claim, thread: T1, as: desk-towson}
              - {at: 10m, node: towson, do: resole, thread: T1, as: desk-towson}
              - {at: 10m, at: 11m, kill: towson, for: 1m}
            expect: {thread: {T1: {status: opn}}}
            """)
        #expect(found == [
            "line 1, column 1: `sead`: expected one of \(ScenarioReader.keys.joined(separator: ", ")); did you mean `seed`?",
            "line 5, column 10: at: expected a time within the duration of 2h, found 3h",
            "line 5, column 23: isolate: expected the name of a node (towson, belair), found `towsen`; did you mean `towson`?",
            "line 6, column 48: thread: expected a thread that an event before opens, found `T1`",
            "line 7, column 33: do: expected one of \(Deed.Verb.allCases.map(\.rawValue).joined(separator: ", ")), found `resole`; "
                + "did you mean `resolve`?",
            "line 7, column 49: thread: expected a thread that an event before opens, found `T1`",
            "line 8, column 6: at: expected once here, found more than once",
            "line 8, column 38: `for`: expected one of at, kill, when, death, shows in an event with `kill`",
            "line 9, column 19: thread: expected a thread that an event opens, found `T1`",
            "line 9, column 32: status: expected a status (\(Scenario.statuses.joined(separator: ", "))), found `opn`; "
                + "did you mean `open`?",
        ])
    }

    @Test("a mistake of the head names its place", arguments: [
        ("", "line 1, column 1: the file: expected seed, duration, nodes and events, found nothing"),
        ("just words", "line 1, column 1: the file: expected settings such as {key: value}, found `just words`"),
        ("seed: -1\nduration: 2h\nnodes: [a]", "line 1, column 7: seed: expected a whole number, found `-1`"),
        ("duration: 2\nnodes: [a]", "line 1, column 11: duration: expected a duration from 1s to 1000d such as 2h, found `2`"),
        ("duration: 9999999999999d\nnodes: [a]", "line 1, column 11: duration: expected a duration from 1s to 1000d"),
        ("nodes: [a]", "line 1, column 1: duration: expected a duration from 1s to 1000d such as 2h, found nothing"),
        ("duration: 2h", "line 1, column 1: nodes: expected a list of nodes"),
        ("duration: 2h\nnodes: []", "line 2, column 8: nodes: expected a list of nodes"),
        ("duration: 2h\nnodes: [a, a]", "line 2, column 12: nodes: expected different names, found `a` twice"),
        ("duration: 2h\nnodes: [A]", "line 2, column 9: nodes: expected a name of lower-case letters"),
        ("duration: 2h\nnodes: [{name: a, kind: laptop}]", "line 2, column 9: nodes: expected an office as the first node, found a laptop"),
        ("duration: 2h\nnodes: [{name: a, knd: office}]", "line 2, column 19: `knd`: expected one of name, kind, storage, clock, refuse-after, holds in nodes; did you mean `kind`?"),
        ("duration: 2h\nnodes: [{name: a, holds: 1d}]", "line 2, column 26: holds: expected only on a laptop, found it on a node of kind office"),
        ("duration: 2h\nnodes: [a]\nlinks: {loss: 200%}", "line 3, column 15: loss: expected a share from 0% to 100% such as 5% or 0.1%, found `200%`"),
        ("duration: 2h\nnodes: [a]\nlinks: {delay: 200-20ms}", "line 3, column 16: delay: expected a range"),
        ("duration: 2h\nnodes: [a]\nlinks: {bandwidth: 64k}", "line 3, column 20: bandwidth: expected a rate"),
        ("duration: 2h\nnodes: [a]\nstart: 2026-02-30T00:00Z", "line 3, column 8: start: expected a moment in UTC"),
        ("duration: 2h\nnodes: [a]\nevents: 5", "line 3, column 9: events: expected a list of events"),
        ("duration: 2h\nnodes: [a]\ninvariants: [convergance]", "did you mean `convergence`?"),
        ("duration: 2h\nnodes: [a]\npatients: 0", "line 3, column 11: patients: expected a whole number from 1 to 10000, found `0`"),
        ("duration: 2h\nnodes: [a]\nworkload: {hours: 17-8}", "line 3, column 19: hours: expected opening and closing hour"),
        ("duration: 2h\nnodes: [a]\nswarm: {faults: [los]}", "found `los`; did you mean `loss`?"),
        ("duration: 2h\nnodes: [a]\nexpect: {notices: {b: [contested]}}", "line 3, column 20: `b`: expected one of a in notices"),
        ("duration: 2h\nnodes: [a]\nexpect: {converged-within: 3}", "line 3, column 28: converged-within: expected a number of rounds such as 3 rounds, found `3`"),
        ("duration: 2h\nnodes: [a]\nexpect: {violates: durabilty}", "did you mean `durability`?"),
    ])
    func head(_ text: String, _ expected: String) throws {
        let found = try mistakes(text)
        #expect(found.contains { $0.contains(expected) }, "\(found)")
        #expect(found.count == 1, "\(found)")
    }

    @Test("a mistake of an event names its place", arguments: [
        ("isolate: b, for: 2h", "column 31: for: expected to end within the duration of 2h, found an end after 2h1m"),
        ("restart-loop: a, times: 100, every: 10m", "column 38: times: expected to end within the duration of 2h"),
        ("cut: [a, a]", "column 19: cut: expected two different nodes, found `a` twice"),
        ("cut: [a]", "column 19: cut: expected two nodes such as [towson, belair], found a list [...]"),
        ("partition: [[a], [b, a]]", "column 35: partition: expected each node once, found `a` twice"),
        ("partition: [[a]]", "column 25: partition: expected two or more lists of nodes"),
        ("partition: [[a], []]", "column 25: partition: expected two or more lists of nodes"),
        ("partition: halfs", "found `halfs`; did you mean `halves`?"),
        ("heal: everything", "column 20: heal: expected all, a node, or two nodes"),
        ("isolate: b, heal: all", "column 32: heal: expected one thing an event, found `isolate` and this"),
        ("for: 1m", "column 5: an event: expected one of partition, cut"),
        ("isolat: b", "column 14: `isolat`: expected one of partition"), ("crash: b", "did you mean `kill`?"),
        ("do: claim, thread: T", "column 5: node: expected the name of a node (a, b), found nothing"),
        ("jam: all", "column 5: for: expected a duration"),
        ("jam: all, for: 0s", "column 29: for: expected a duration"),
        ("flap: [a, b], for: 1m", "column 5: every: expected a duration"),
        ("links: {between: [a, b]}", "column 21: links: expected at least one of delay, loss"),
        ("links: {between: [a, b], of: a, loss: 5%}", "column 43: of: expected `between` or `of`, found both"),
        ("links: {los: 5%, delay: 1s}", "column 22: `los`: expected one of between, of, delay"),
        ("kill: a, when: somtime", "column 29: when: expected one of now, write, sync, commit, directive, found `somtime`"),
        ("kill: b, death: power-lost", "column 20: kill: expected a node with a disk, found `b`, which is in memory"),
        ("disk: b, fault: full", "column 20: disk: expected a node with a disk"),
        ("disk: a", "column 5: fault: expected one of full, io-error"),
        ("restore: a", "column 23: restore: expected an event before that makes a backup of `a`, found none"),
        ("clone: a, as: b", "column 28: as: expected a new name, found `b`, which another node has"),
        ("clock: a", "column 21: clock: expected one of jump: +1d, drift: 500ppm, frozen: yes; found none"),
        ("clock: a, jump: +1d, frozen: yes", "found jump and frozen"),
        ("clock: a, drift: 5%", "column 31: drift: expected parts in a million"),
        ("join: a, through: b", "column 20: join: expected a new name, found `a`, which another node has"),
        ("join: c", "column 5: through: expected the name of a node (a, b, c), found nothing"),
        ("attack: loss, by: b", "column 22: attack: expected one of mixed-versions, forged-signature"),
        ("attack: wrong-key, by: b, against: b", "column 49: against: expected another node than `by`"),
        ("settle: some", "column 22: settle: expected all, found `some`"),
        ("node: a, do: claim, thread: T9, as: desk-a", "column 42: thread: expected a thread that an event before opens, found `T9`; did you mean `T1`?"),
        ("node: a, do: claim, thread: T1", "column 5: as: expected the key of a member of staff (desk-a, surgeon-a, desk-b, surgeon-b, oncall, admin, partner), found nothing"),
        ("node: a, do: claim, thread: T1, as: desk-c", "column 50: as: expected the key"),
        ("node: a, do: claim, thread: T1, as: desk-a, value: 3", "column 58: `value`: expected one of at, shows, node, do, thread, as, page"),
        ("node: a, do: open, thread: T1", "column 41: thread: expected a new name, found `T1`, which an event before opens"),
        ("node: a, do: open, thread: T2, as: desk-a", "column 45: `as`: expected one of"),
        ("node: a, do: open, thread: 'T 2'", "column 41: thread: expected a name of letters"),
        ("node: a, do: open, thread: T2, patient: 4", "column 54: patient: expected the number of a patient, from 0 to 3, found `4`"),
        ("node: a, do: merge, thread: T1, as: admin, to: T1", "column 61: to: expected another thread, found the same"),
        ("node: a, do: reply, thread: T1, as: desk-a, page: looked", "column 64: page: expected an event before in which `desk-a` looks at `T1` at `a`, found none"),
        ("node: a, do: claim, thread: T1, as: desk-a, expect: notallowed", "column 66: expect: expected one of done, refused, not-found, not-allowed"),
        ("node: a, do: escalate, thread: T1, as: desk-a, value: 10", "column 68: value: expected a whole number from 1 to 9, found `10`"),
        ("node: a, do: offer, thread: T1, as: desk-a, to: nobody", "column 62: to: expected the key of a member of staff or of a queue"),
        ("node: a, do: tag, thread: T1, as: desk-a, value: ''", "column 63: value: expected a label of one line, found nothing"),
        ("isolate: b, shows: relay", "column 33: shows: expected one of node-cut-off"),
    ])
    func event(_ text: String, _ expected: String) throws {
        let opening = "duration: 2h\nnodes: [{name: a, storage: disk}, b]\nevents:\n  - {at: 30s, node: a, do: open, thread: T1}\n"
        let found = try mistakes(opening + "  - {at: 1m, \(text)}")
        #expect(found.contains { $0.hasPrefix("line 5, ") && $0.contains(expected) }, "\(found)")
    }

    @Test("who joins later can act only then")
    func joining() throws {
        let early = try mistakes(
            Self.file("  - {at: 1m, isolate: late}\n  - {at: 2m, join: late, through: towson}\n  - {at: 3m, isolate: late}\n"))
        #expect(early == ["line 4, column 5: an event: expected nodes that are there, found `late`, which joins only after 2m"])
        let twice = try mistakes(Self.file("  - {at: 2m, join: late, through: towson}\n  - {at: 3m, join: late, through: towson}\n"))
        #expect(twice == ["line 5, column 20: join: expected a new name, found `late`, which another node has"])
    }

    @Test("what YAML has and scenarios do not is turned away", arguments: [
        ("a: &x 1", "line 1, column 4: anchors are not part"), ("a: *x", "line 1, column 4: aliases are not part"),
        ("a: [*x, *y]", "line 1, column 9: aliases are not part"), ("a: !t 1", "line 1, column 4: tags are not part"),
        ("a:\n\tb: 1", "line 2, column 1: expected spaces, found a tab"), ("a: [1,\t2]", "line 1, column 7: expected spaces, found a tab"),
        ("a: \u{0}", "line 1, column 4: expected text, found the control character U+0"),
        ("seed: 1\n<<: {a: 1}", "line 2, column 1: `<<`: expected one of"),
        ("seed: [", "that is no YAML"), ("seed: \"a", "that is no YAML"), ("a: 1\n---\nb: 2", "that is no YAML"),
        (String(repeating: "[", count: 100_000), "line 1, column 17: expected brackets nested at most 16 deep, found more"),
        (String(repeating: " ", count: 300) + "a: 1", "line 1, column 301: expected an indentation of at most 200 spaces, found 300"),
        (String(repeating: "- ", count: 20_000) + "a", "that is no YAML"),
        ("? [a]\n: 1", "line 1, column 3: the file: expected a word as the key, found a list [...]"),
    ])
    func yaml(_ text: String, _ expected: String) throws {
        let found = try mistakes(text)
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }

    @Test("quotes and comments may hold what values may not")
    func quotes() throws {
        let text = "# &anchors *and !tags\tin [[[ a comment\nduration: 2h # tab\t&x\nnodes: ['a', \"b\"]\n"
        #expect(try read(text).nodes.map(\.name) == ["a", "b"])
        #expect(try read(text.replacing("\n", with: "\r\n")).duration == 7_200_000)
    }

    @Test("bytes that are no UTF-8, and files without end, are turned away")
    func bytes() throws {
        let bytes = Array("duration: 2h\nnodés: ".utf8) + [0xFF, 0xFE]
        let error = try #require(throws: SimulationError.self) { try Scenario(yaml: bytes) }
        #expect(error.message == "line 2, column 8: the file: expected UTF-8, found bytes that are none")
        #expect(try Scenario(yaml: Array("duration: 2h\nnodes: [a]".utf8)).nodes.count == 1)
        let long = try mistakes(String(repeating: "#", count: ScenarioText.bytesMax + 1))
        #expect(long == ["line 1, column 1: the file: expected at most 32 MiB, found 32 MiB or more"])
    }

    @Test("a file with very many mistakes tells the first of them, and how many more")
    func many() throws {
        let found = try mistakes(Self.file((0..<200).map { "  - {at: 1m, isolate: n\($0)}\n" }.joined()))
        #expect(found.count == ScenarioMistakes.shownMax + 1 && found.last == "and 150 more")
        let twice = try mistakes(Self.file((0..<200).map { _ in "  - {at: 1m, at: 2m, heal: all}\n" }.joined()))
        #expect(twice.count == ScenarioMistakes.shownMax)
    }

    @Test("every kind of mistake in a mutated file is told with a line, or the file is read", arguments: 0..<150)
    func mutations(_ seed: UInt64) {
        var random = SplitMix64(seed: seed, stream: "mutation")
        var text = Array(RandomPlan(seed: seed % 7).scenario.yaml.unicodeScalars)
        for _ in 0..<Int(random.number(in: 1...4)) {
            let place = Int(random.number(in: 0...Int64(text.count - 1)))
            let signs = Array("{}[]:,-#&*!'\"\n\t x9%".unicodeScalars)
            switch random.number(in: 0...2) {
            case 0: text.remove(at: place)
            case 1: text.insert(signs[Int(random.number(in: 0...Int64(signs.count - 1)))], at: place)
            default: text.swapAt(place, Int(random.number(in: 0...Int64(text.count - 1))))
            }
        }
        do {
            _ = try Scenario(yaml: String(String.UnicodeScalarView(text)))
        } catch {
            #expect(error.code == .scenario)
            let lines = error.message.split(separator: "\n")
            #expect(lines.allSatisfy { $0.hasPrefix("line ") || $0.hasPrefix("and ") }, "\(error)")
        }
    }
}
