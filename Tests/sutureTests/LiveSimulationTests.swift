import Foundation
import NodeService
import Testing

@testable import suture

/// Scenarios among real processes, over lines that fail.
@Suite("suture simulate live", .serialized, .enabled(if: Program.isBuilt, "the suture program is not built"))
struct LiveSimulationTests {
    @Test("a cut, two claims, a kill and a heal: everything acknowledged is everywhere, contested and open")
    func doubleClaim() async throws {
        let run = try LiveProgram(
            """
            seed: 7
            duration: 1h
            nodes: [towson, belair, {name: laptop, kind: laptop}]
            links: {delay: 1-5ms}
            events:
              - {at: 1m, node: towson, do: open, thread: T1}
              - {at: 10m, partition: [[towson], [belair, laptop]]}
              - {at: 11m, node: towson, do: claim, thread: T1, as: surgeon-towson, expect: done}
              - {at: 12m, node: belair, do: claim, thread: T1, as: surgeon-belair, expect: done}
              - {at: 13m, node: belair, do: resolve, thread: T1, as: surgeon-belair, expect: done}
              - {at: 14m, node: towson, do: patient-message, thread: T1}
              - {at: 20m, kill: belair}
              - {at: 21m, node: belair, do: note, thread: T1, as: surgeon-belair}
              - {at: 30m, restart: belair}
              - {at: 40m, heal: all}
            expect:
              thread: {T1: {status: open, contested: [surgeon-towson, surgeon-belair], messages: 2}}
            """, ["--speed", "900", "--json"])
        let status = try await run.status()
        let summary = try run.summary()
        #expect(status == 0, "\(run.output)\(run.errors)")
        #expect(summary.text("verdict") == "valid")
        #expect(summary.number("acknowledged") == 5)
        // Belair was down when somebody wanted to write a note there.
        #expect(summary["refused"]?.number("no-answer") == 1)
        #expect(summary["proxies"]?.number("severed") ?? 0 > 0)
        #expect(summary["proxies"]?.number("bytes") ?? 0 > 0)
        #expect(summary["coverage"]?["counts"]?["node-cut-off"] != nil)
        run.expectNothingLeft()
    }

    @Test("damaged, cut short and reset lines: CURVE takes nothing false, and the nodes become equal")
    func corruption() async throws {
        let run = try LiveProgram(
            """
            seed: 3
            duration: 10m
            nodes: [towson, belair]
            events:
              - {at: 5s, node: towson, do: open, thread: T1}
              - {at: 10s, links: {corrupt: 40%, truncate: 10%, loss: 20%}, for: 40s}
              - {at: 11s, node: towson, do: note, thread: T1, as: surgeon-towson, times: 5}
              - {at: 20s, node: towson, do: patient-message, thread: T1}
              - {at: 30s, node: belair, do: open, thread: T2}
              - {at: 40s, node: belair, do: note, thread: T2, as: surgeon-belair, times: 5}
            """, ["--speed", "20", "--json"])
        let status = try await run.status()
        let summary = try run.summary()
        #expect(status == 0, "\(run.output)\(run.errors)")
        #expect(summary["proxies"]?.number("flips") ?? 0 > 0)
        #expect(summary["proxies"]?.number("canaries") == 0)
        #expect(summary.number("acknowledged") == 13)
        run.expectNothingLeft()
    }

    @Test("a full disk refuses and keeps what it had, where a small disk can be mounted")
    func fullDisk() async throws {
        let run = try LiveProgram(
            """
            seed: 3
            duration: 10m
            nodes: [{name: towson, storage: disk}]
            events:
              - {at: 1s, node: towson, do: open, thread: T1}
              - {at: 2s, disk: towson, fault: full, for: 1m}
              - {at: 3s, node: towson, do: note, thread: T1, as: surgeon-towson, times: 20}
              - {at: 2m, node: towson, do: note, thread: T1, as: surgeon-towson, expect: done}
            """, ["--speed", "600", "--json"])
        let status = try await run.status()
        let summary = try run.summary()
        if run.errors.contains("cannot be injected here") {
            #expect(status == 2)
            #expect(summary.text("undecided").contains("cannot be injected here"))
        } else {
            #expect(status == 0, "\(run.output)\(run.errors)")
            #expect(summary["refused"]?.number("storage") ?? 0 > 0)
            #expect(summary["coverage"]?["counts"]?["disk-full"] != nil)
        }
        run.expectNothingLeft()
    }

    @Test("an expectation that does not hold is a violation: exit status 1, and what was seen")
    func violation() async throws {
        let run = try LiveProgram(
            """
            seed: 1
            duration: 1m
            nodes: [towson]
            events:
              - {at: 1s, node: towson, do: open, thread: T1}
            expect:
              thread: {T1: {status: resolved}}
            """)
        #expect(try await run.status() == 1, "\(run.errors)")
        #expect(run.output.contains("towson: open T1: done"))
        #expect(run.output.contains("expectation at towson"))
        #expect(run.output.contains("status: queued, and resolved was expected"))
        run.expectNothingLeft()
    }

    @Test("a process that ends by itself is a violation")
    func diedByItself() async throws {
        let run = try LiveProgram(
            """
            seed: 1
            duration: 1h
            nodes: [towson]
            events:
              - {at: 1s, node: towson, do: open, thread: T1}
              - {at: 3s, node: towson, do: open, thread: T2}
            """, ["--speed", "1"])
        #expect(await wait { run.output.contains("open T1: done") }, "\(run.output)\(run.errors)")
        let pid = try #require(run.leftProcesses.first)
        kill(pid, SIGKILL)
        #expect(try await run.status() == 1, "\(run.output)\(run.errors)")
        #expect(run.output.contains("at towson"))
        #expect(run.output.contains("its process ended by itself: signal 9"))
        run.expectNothingLeft()
    }

    @Test("what cannot be done to real processes is listed before anything starts, or left out")
    func impossible() async throws {
        let story = """
            seed: 1
            duration: 1m
            nodes: [{name: towson, storage: disk}]
            events:
              - {at: 1s, node: towson, do: open, thread: T1}
              - {at: 2s, clock: towson, jump: 1h}
              - {at: 3s, disk: towson, fault: bit-rot}
            """
        let refused = try LiveProgram(story)
        #expect(try await refused.status() == 2)
        #expect(refused.errors.contains("not possible live: line 6: a clock that goes wrong"))
        #expect(refused.errors.contains("not possible live: line 7: a disk with bit-rot"))
        #expect(refused.output.isEmpty)
        refused.expectNothingLeft()
        let run = try LiveProgram(story, ["--skip-impossible", "--json"])
        #expect(try await run.status() == 0, "\(run.errors)")
        #expect(try run.summary().list("skipped").count == 2)
        run.expectNothingLeft()
    }

    @Test("a run that is interrupted, or takes too long, is not decided and leaves nothing behind", arguments: [true, false])
    func endedEarly(_ isInterrupted: Bool) async throws {
        let run = try LiveProgram(
            """
            seed: 1
            duration: 1h
            nodes: [towson, belair]
            events:
              - {at: 1s, node: towson, do: open, thread: T1}
              - {at: 1s, pause: belair, for: 50m}
              - {at: 55m, node: towson, do: open, thread: T2}
            """, ["--speed", "1"] + (isInterrupted ? [] : ["--limit", "10s"]))
        if isInterrupted {
            #expect(await wait { run.output.contains("belair hangs") }, "\(run.output)\(run.errors)")
            run.interrupt()
        }
        #expect(try await run.status() == 2, "\(run.output)\(run.errors)")
        #expect(run.output.contains(isInterrupted ? "it was interrupted" : "it was not over within 10"))
        run.expectNothingLeft()
    }

    @Test("a run that is killed leaves no process behind, not even one that hangs")
    func killed() async throws {
        let run = try LiveProgram(
            """
            seed: 1
            duration: 1h
            nodes: [towson, belair]
            events:
              - {at: 1s, node: towson, do: open, thread: T1}
              - {at: 1s, pause: belair, for: 50m}
              - {at: 55m, node: towson, do: open, thread: T2}
            """, ["--speed", "1"])
        #expect(await wait { run.output.contains("belair hangs") }, "\(run.output)\(run.errors)")
        #expect(run.leftProcesses.count == 2)
        run.kill()
        #expect(await wait { run.leftProcesses.isEmpty }, "\(run.leftProcesses)")
    }

    @Test(
        "a mistake is named, and nothing runs",
        arguments: [
            ("seed: 1\nduration: 1m\nnodes: [towson]\nevents:\n  - {at: 1s, kil: towson}\n", [String](), "line 5"),
            ("seed: 1\nduration: 1m\nnodes: [towson]\nevents: []\n", ["--limit", "soon"], "--limit: found 'soon'"),
            ("seed: 1\nduration: 1m\nnodes: [towson]\nevents: []\n", ["--speed", "0"], "--speed: found 0"),
            (
                "seed: 1\nduration: 1m\nnodes: [a, b, c, d, e, f, g, h, i, j, k, l, m]\nevents: []\n", [],
                "real processes are started for at most 12"
            ),
        ])
    func mistakes(_ story: String, _ arguments: [String], _ says: String) async throws {
        let run = try LiveProgram(story, arguments)
        #expect(try await run.status() == 2)
        #expect(run.errors.contains(says), "\(run.errors)")
        #expect(run.output.isEmpty)
        run.expectNothingLeft()
    }
}
