import Foundation
import NodeService
import Testing

@Suite("Life of the control socket", .timeLimit(.minutes(2)))
struct ControlLifeTests {
    /// Waits for a condition that other threads bring about, for a bounded time.
    private func eventually(_ condition: () -> Bool) async -> Bool {
        let end = ContinuousClock.now + .seconds(20)
        while !condition() {
            guard .now < end else { return false }
            await Task.yield()
        }
        return true
    }

    private struct NothingThrown: Error {}

    private func failure(of body: () async throws -> Void) async throws -> NodeServiceError {
        do {
            try await body()
        } catch let error as NodeServiceError {
            return error
        }
        throw NothingThrown()
    }

    // MARK: - The socket's life

    @Test("the socket is the owner's alone and goes away with the server")
    func socketFile() async throws {
        let folder = try ScratchFolder()
        let server = try echoServer(folder)
        #expect(server.socketPath == folder.file("control.sock"))
        #expect(try folder.mode(of: "control.sock") == 0o600)
        #expect(try folder.names == ["control.sock"])
        await server.stop()
        #expect(try folder.names.isEmpty)
        await server.stop()
        let again = try echoServer(folder)
        await again.stop()
    }

    @Test("a server that nobody stopped takes its socket away when it is let go")
    func letGo() async throws {
        let folder = try ScratchFolder()
        var server: ControlServer? = try echoServer(folder)
        #expect(server != nil)
        server = nil
        let path = folder.file("control.sock")
        #expect(await eventually { !FileManager.default.fileExists(atPath: path) })
    }

    @Test("a live socket is refused and stays")
    func alreadyRunning() async throws {
        let folder = try ScratchFolder()
        let server = try echoServer(folder)
        let error = try #require(throws: NodeServiceError.self) { try echoServer(folder) }
        #expect(error.code == .alreadyRunning)
        #expect(error.message.contains("a node is already running on \(folder.path)"))
        #expect(try await ControlClient(dataDirectory: folder.path).send(ControlRequest(verb: "x")).get()["verb"] == "x")
        await server.stop()
    }

    @Test("the socket of a dead process is replaced")
    func stale() async throws {
        let folder = try ScratchFolder()
        try RawConnection.leaveStaleSocket(at: folder.file("control.sock"))
        try #require(try folder.names == ["control.sock"])
        let server = try echoServer(folder)
        #expect(try await ControlClient(dataDirectory: folder.path).send(ControlRequest(verb: "x")).get()["verb"] == "x")
        await server.stop()
    }

    @Test("a file that is no socket is left alone and named")
    func inTheWay() throws {
        let folder = try ScratchFolder()
        try folder.write("notes", to: "control.sock")
        let error = try #require(throws: NodeServiceError.self) { try echoServer(folder) }
        #expect(error.code == .controlSocket)
        #expect(error.message.contains("is not a socket"))
        #expect(try folder.read("control.sock") == "notes")
    }

    @Test("a server that stops late does not take away the socket of the next one")
    func successor() async throws {
        let folder = try ScratchFolder()
        let first = try echoServer(folder)
        try FileManager.default.removeItem(atPath: folder.file("control.sock"))
        let second = try echoServer(folder)
        await first.stop()
        #expect(try await ControlClient(dataDirectory: folder.path).send(ControlRequest(verb: "x")).get()["verb"] == "x")
        await second.stop()
    }

    @Test("a path that is too long for a socket is refused by server and client with its length and the limit")
    func longPath() async throws {
        let folder = try ScratchFolder()
        let long = folder.file(String(repeating: "n", count: 100))
        try FileManager.default.createDirectory(atPath: long, withIntermediateDirectories: false)
        let error = try #require(throws: NodeServiceError.self) {
            try ControlServer(dataDirectory: long) { _ in .ok(nil) }
        }
        #expect(error.code == .controlSocket)
        #expect(error.message.contains("\((long + "/control.sock").utf8.count) bytes"))
        #expect(error.message.contains("may have 107"))
        let asking = try await failure { _ = try await ControlClient(dataDirectory: long).send(ControlRequest(verb: "x")) }
        #expect(asking == error)
    }

    @Test("a missing data directory is named")
    func noFolder() throws {
        let folder = try ScratchFolder()
        let error = try #require(throws: NodeServiceError.self) {
            try ControlServer(dataDirectory: folder.file("none")) { _ in .ok(nil) }
        }
        #expect(error.code == .dataDirectory)
        #expect(error.message.contains(folder.file("none")))
    }

    @Test("stopping lets a request that is being handled be answered")
    func drain() async throws {
        let folder = try ScratchFolder()
        let gate = Gate()
        let marks = Marks()
        let server = try ControlServer(
            dataDirectory: folder.path, limits: ControlLimits(drainMax: .seconds(20))
        ) { _ in
            marks.set("started")
            await gate.wait()
            return .ok("done")
        }
        let connection = try RawConnection(to: server.socketPath)
        try await connection.send("{\"verb\":\"x\"}\n")
        await marks.wait(for: "started")
        async let stopped: Void = server.stop()
        let path = server.socketPath
        #expect(await eventually { !FileManager.default.fileExists(atPath: path) })
        gate.open()
        #expect(try await connection.line() == #"{"ok":"done"}"#)
        #expect(try await connection.line() == nil)
        await stopped
    }

    @Test("stopping does not wait for ever for a handler that does not end")
    func drainEnds() async throws {
        let folder = try ScratchFolder()
        let marks = Marks()
        let server = try ControlServer(
            dataDirectory: folder.path, limits: ControlLimits(drainMax: .milliseconds(10))
        ) { _ in
            marks.set("started")
            await marks.wait(for: "let go")
            return .ok(nil)
        }
        let connection = try RawConnection(to: server.socketPath)
        try await connection.send("{\"verb\":\"x\"}\n")
        await marks.wait(for: "started")
        await server.stop()
        #expect(try await connection.line() == nil)
        marks.set("let go")
    }

    // MARK: - The client alone

    @Test("without a node the client says how to start one", arguments: [true, false])
    func notRunning(leftover: Bool) async throws {
        let folder = try ScratchFolder()
        if leftover { try RawConnection.leaveStaleSocket(at: folder.file("control.sock")) }
        let error = try await failure {
            _ = try await ControlClient(dataDirectory: folder.path).send(ControlRequest(verb: "status"))
        }
        #expect(error.code == .notRunning)
        #expect(
            error.message
                == "no node is running on \(folder.path): start it with `suture run --data \(folder.path)`")
    }

    @Test("a node that does not answer is given up after the timeout")
    func timeout() async throws {
        let folder = try ScratchFolder()
        let gate = Gate()
        let server = try ControlServer(dataDirectory: folder.path) { _ in
            await gate.wait()
            return .ok(nil)
        }
        let error = try await failure {
            _ = try await ControlClient(dataDirectory: folder.path)
                .send(ControlRequest(verb: "x"), timeout: .milliseconds(30))
        }
        #expect(error.code == .timedOut)
        #expect(error.message.contains("did not answer within 30ms"))
        gate.open()
        await server.stop()
    }

    @Test("a node that goes away before it answers is reported as such")
    func hangUp() async throws {
        let folder = try ScratchFolder()
        let marks = Marks()
        let server = try ControlServer(
            dataDirectory: folder.path, limits: ControlLimits(drainMax: .zero)
        ) { _ in
            marks.set("started")
            await marks.wait(for: "let go")
            return .ok(nil)
        }
        async let asking = ControlClient(dataDirectory: folder.path).send(ControlRequest(verb: "x"))
        await marks.wait(for: "started")
        await server.stop()
        do {
            _ = try await asking
            Issue.record("answered by a server that was gone")
        } catch let error as NodeServiceError {
            #expect(error.code == .controlProtocol)
        }
        marks.set("let go")
    }
}
