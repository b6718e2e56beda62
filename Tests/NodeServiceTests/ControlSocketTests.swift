import Foundation
import NodeService
import Testing

@Suite("Control socket", .timeLimit(.minutes(2)))
struct ControlSocketTests {
    // MARK: - Requests and answers

    @Test("a request is answered, with its arguments as they were sent")
    func exchange() async throws {
        let folder = try ScratchFolder()
        let server = try echoServer(folder)
        let arguments: [String: JSONValue] = [
            "text": "¿Le duele?\nSí \"mucho\" \\ 😀", "count": -7, "share": 0.25, "flag": true, "none": nil,
            "list": [1, [], [:]], "nested": ["a": ["b": "c"]],
        ]
        let response = try await ControlClient(dataDirectory: folder.path)
            .send(ControlRequest(verb: "echo", arguments: arguments))
        #expect(response == .ok(["verb": "echo", "arguments": .object(arguments)]))
        await server.stop()
    }

    @Test("an error of the handler arrives as its code and message")
    func refusal() async throws {
        let folder = try ScratchFolder()
        let server = try echoServer(folder)
        let response = try await ControlClient(dataDirectory: folder.path).send(ControlRequest(verb: "refuse"))
        #expect(response == .error(ControlFailure(code: "refused", message: "not today")))
        #expect(throws: ControlFailure(code: "refused", message: "not today")) { try response.get() }
        await server.stop()
    }

    @Test("megabytes go both ways")
    func large() async throws {
        let folder = try ScratchFolder()
        let server = try echoServer(folder)
        let text = String(repeating: "wisdom tooth ", count: 70_000)
        let response = try await ControlClient(dataDirectory: folder.path)
            .send(ControlRequest(verb: "echo", arguments: ["text": .string(text)]))
        #expect(try response.get()["arguments"]?["text"]?.string == text)
        await server.stop()
    }

    @Test("many ask at once and each gets its own answer")
    func concurrent() async throws {
        let folder = try ScratchFolder()
        let server = try echoServer(folder)
        let client = ControlClient(dataDirectory: folder.path)
        let found = try await withThrowingTaskGroup(of: (Int, JSONValue?).self) { group in
            for number in 0..<40 {
                group.addTask {
                    let request = ControlRequest(verb: "echo", arguments: ["number": .int(number)])
                    return (number, try await client.send(request).get()["arguments"]?["number"])
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(found == Dictionary(uniqueKeysWithValues: (0..<40).map { ($0, JSONValue.int($0)) }))
        await server.stop()
    }

    @Test("a connection may ask one thing after the other, even before it has read the answers")
    func pipelined() async throws {
        let folder = try ScratchFolder()
        let server = try echoServer(folder)
        let connection = try RawConnection(to: server.socketPath)
        try await connection.send("{\"verb\":\"one\"}\n{\"verb\":\"two\",\"arguments\":{}}\n{\"ve")
        #expect(try await connection.line() == #"{"ok":{"arguments":{},"verb":"one"}}"#)
        #expect(try await connection.line() == #"{"ok":{"arguments":{},"verb":"two"}}"#)
        try await connection.send("rb\":\"three\"}\n")
        #expect(try await connection.line() == #"{"ok":{"arguments":{},"verb":"three"}}"#)
        await server.stop()
        #expect(try await connection.line() == nil)
    }

    @Test("one that ends its side after asking is still answered")
    func halfClosed() async throws {
        let folder = try ScratchFolder()
        let server = try echoServer(folder)
        let connection = try RawConnection(to: server.socketPath)
        try await connection.send("{\"verb\":\"last\"}\n")
        connection.endSending()
        #expect(try await connection.line() == #"{"ok":{"arguments":{},"verb":"last"}}"#)
        #expect(try await connection.line() == nil)
        await server.stop()
    }

    // MARK: - Bad requests

    @Test(
        "what is no request is answered with an error and closed",
        arguments: [
            ("hello", "expected a value after 0 bytes"), ("", "expected a value after 0 bytes"),
            ("{\"verb\":\"x\"", "expected a comma or } after 11 bytes"),
            ("[1]", "it has the wrong type"), ("{}", "\"verb\" is missing"), ("{\"verb\":7}", "\"verb\" has the wrong type"),
            ("{\"verb\":\"x\",\"arguments\":[]}", "\"arguments\" has the wrong type"),
        ])
    func malformed(line: String, expected: String) async throws {
        let folder = try ScratchFolder()
        let server = try echoServer(folder)
        let connection = try RawConnection(to: server.socketPath)
        try await connection.send(line + "\n")
        let answer = try #require(try await connection.line())
        let error = try JSONValue(text: answer.utf8)["error"]
        #expect(error?["code"] == "bad-request")
        #expect(try #require(error?["message"]?.string).hasSuffix(expected))
        #expect(try await connection.line() == nil)
        // The next one is served as if nothing had happened.
        #expect(try await ControlClient(dataDirectory: folder.path).send(ControlRequest(verb: "x")).get()["verb"] == "x")
        await server.stop()
    }

    @Test("a deeply nested request neither ends the process nor the server", arguments: [(100, true), (128, true), (129, false), (400_000, false)])
    func nested(depth: Int, isTaken: Bool) async throws {
        let folder = try ScratchFolder()
        let server = try echoServer(folder)
        let connection = try RawConnection(to: server.socketPath)
        let value = String(repeating: "[", count: depth - 2) + String(repeating: "]", count: depth - 2)
        try await connection.send("{\"verb\":\"x\",\"arguments\":{\"a\":\(value)}}\n")
        let answer = try #require(try await connection.line())
        #expect(answer.hasPrefix(isTaken ? "{\"ok\":" : "{\"error\":{\"code\":\"bad-request\""))
        await server.stop()
    }

    @Test("bytes that are not UTF-8 are no request")
    func notText() async throws {
        let folder = try ScratchFolder()
        let server = try echoServer(folder)
        let connection = try RawConnection(to: server.socketPath)
        try await connection.send(Array("{\"verb\":\"".utf8) + [0xFF, 0xC0] + Array("\"}\n".utf8))
        #expect(try #require(try await connection.line()).contains("bad-request"))
        await server.stop()
    }

    @Test("a request is taken up to the limit and refused one byte beyond it", arguments: [0, 1])
    func tooLong(excess: Int) async throws {
        let folder = try ScratchFolder()
        let server = try echoServer(folder, limits: ControlLimits(requestBytesMax: 1000))
        let connection = try RawConnection(to: server.socketPath)
        let frame = "{\"verb\":\"\"}"
        let verb = String(repeating: "v", count: 1000 + excess - frame.utf8.count)
        try await connection.send("{\"verb\":\"\(verb)\"}\n")
        let answer = try #require(try await connection.line())
        if excess == 0 {
            #expect(answer.contains(verb))
        } else {
            #expect(answer.contains("\"too-long\""))
            #expect(answer.contains("1000B"))
            #expect(try await connection.line() == nil)
        }
        await server.stop()
    }

    @Test("a request that never ends is refused once it is too long")
    func endless() async throws {
        let folder = try ScratchFolder()
        let server = try echoServer(folder)
        let connection = try RawConnection(to: server.socketPath)
        // The server closes while this is still sending, so the sending may fail; the answer is there all the same.
        let flood = [UInt8](repeating: 0x20, count: 64 << 10)
        for _ in 0..<64 {
            do { try await connection.send(flood) } catch is RawConnection.Failure { break }
        }
        #expect(try #require(try await connection.line()).contains("\"too-long\""))
        await server.stop()
    }

    @Test("a request that breaks off is answered with an error")
    func brokenOff() async throws {
        let folder = try ScratchFolder()
        let server = try echoServer(folder)
        let connection = try RawConnection(to: server.socketPath)
        try await connection.send("{\"verb\":\"x\"}")
        connection.endSending()
        #expect(try #require(try await connection.line()).contains("ended before its line end"))
        #expect(try await connection.line() == nil)
        await server.stop()
    }

    @Test("a connection on which nothing happens is told so and closed", arguments: ["", "{\"verb\""])
    func idle(start: String) async throws {
        let folder = try ScratchFolder()
        let server = try echoServer(folder, limits: ControlLimits(idleMax: .milliseconds(300)))
        let connection = try RawConnection(to: server.socketPath)
        // On a machine that is busy elsewhere the time may be up before anything is sent.
        do { try await connection.send(start) } catch is RawConnection.Failure {}
        let answer = try #require(try await connection.line())
        #expect(answer.contains("\"idle\""))
        #expect(answer.contains("300ms"))
        #expect(try await connection.line() == nil)
        await server.stop()
    }

    @Test("a request that takes longer to handle than a connection may idle is answered")
    func slowHandler() async throws {
        let folder = try ScratchFolder()
        let gate = Gate()
        let server = try ControlServer(
            dataDirectory: folder.path, limits: ControlLimits(idleMax: .seconds(1))
        ) { request in
            if request.verb == "slow" { await gate.wait() }
            return .ok(.string(request.verb))
        }
        let slow = try RawConnection(to: server.socketPath)
        try await slow.send("{\"verb\":\"slow\"}\n")
        // Another connection's idle time starts later and runs out, so the slow one's would have run out before.
        let idle = try RawConnection(to: server.socketPath)
        #expect(try #require(try await idle.line()).contains("\"idle\""))
        gate.open()
        #expect(try await slow.line() == #"{"ok":"slow"}"#)
        await server.stop()
    }

    @Test("beyond the limit of connections a further one is told so, and served once another has gone")
    func tooMany() async throws {
        let folder = try ScratchFolder()
        let server = try echoServer(folder, limits: ControlLimits(connectionsMax: 2))
        var held = [try RawConnection(to: server.socketPath), try RawConnection(to: server.socketPath)]
        for connection in held {
            try await connection.send("{\"verb\":\"hold\"}\n")
            #expect(try await connection.line() != nil)
        }
        let response = try await ControlClient(dataDirectory: folder.path).send(ControlRequest(verb: "x"))
        guard case .error(let failure) = response else {
            Issue.record("served beyond the limit")
            return
        }
        #expect(failure.code == "busy")
        held.removeLast()
        var served = false
        for _ in 0..<1000 where !served {
            served = try await ControlClient(dataDirectory: folder.path).send(ControlRequest(verb: "x")) != response
        }
        #expect(served)
        await server.stop()
    }

    @Test("the handler is told when the asking side has gone")
    func goneAway() async throws {
        let folder = try ScratchFolder()
        let marks = Marks()
        let server = try ControlServer(dataDirectory: folder.path) { _ in
            marks.set("started")
            await withTaskCancellationHandler {
                await marks.wait(for: "let go")
            } onCancel: {
                marks.set("cancelled")
                marks.set("let go")
            }
            return .ok(nil)
        }
        var connection: RawConnection? = try RawConnection(to: server.socketPath)
        try await connection?.send("{\"verb\":\"x\"}\n")
        await marks.wait(for: "started")
        connection = nil
        await marks.wait(for: "cancelled")
        await server.stop()
    }
}
