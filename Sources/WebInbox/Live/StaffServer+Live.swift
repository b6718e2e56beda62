import Hummingbird
import InboxModel
import InboxWorkflow
import OfficeNode
import ServiceLifecycle

extension StaffServer {
    func addLive(to router: Router<PageContext>) {
        get("/events", in: router) { page in
            guard page.access.mayList else { throw PageFault.notFound }
            guard let stream = self.live.subscribe(token: page.token, staff: page.access.staff) else {
                throw PageFault(status: .serviceUnavailable, code: "busy", what: "Too many pages are open.", todo: "Reload to see changes.")
            }
            let outside =
                try page.access.isFromOutside
                ? OutsideUpdates(of: page.access.staff, at: self.settings.device, page.reader, now: page.now) : nil
            let body = ResponseBody { [outside] writer in
                var outside = outside
                let reader = page.reader
                // A comment at once, so that the browser knows that it is connected.
                try await writer.write(ByteBuffer(string: ": suture\n\n"))
                for await whole in stream.cancelOnGracefulShutdown() {
                    // A session that has ended, by itself or by somebody, is told nothing more.
                    guard self.sessions.session(page.token, now: self.now(), isUse: false) != nil else {
                        try await writer.write(ByteBuffer(string: LiveUpdates.Event.bye.text))
                        break
                    }
                    var event: LiveUpdates.Event? = whole
                    if outside != nil { event = try outside?.part(of: whole, reader, now: self.now()) }
                    if let event { try await writer.write(ByteBuffer(string: event.text)) }
                }
                try await writer.finish(nil)
            }
            return Response(status: .ok, headers: [.contentType: "text/event-stream"], body: body)
        }
        addPresence(to: router)
    }

    /// Passes on what changes at the node, and asks once a second how it stands. Ends when it is cancelled.
    func follow() async {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.followThreads() }
                group.addTask { await self.followStatus() }
                group.addTask { await self.followSignIns() }
            }
        }
        live.endAll()
    }

    private func followThreads() async {
        while !Task.isCancelled {
            do {
                for await threads in try await gateway.changes() {
                    rowShelf.forget(threads)
                    live.tell(threads)
                }
            } catch {
                // Locked or starting: there is nothing to tell until it is not.
            }
            await Self.pause()
        }
    }

    private func followSignIns() async {
        while !Task.isCancelled {
            do {
                for await signIns in try await gateway.signInsElsewhere() { await desk.note(signIns) }
            } catch {
                // Locked or starting: nobody signs in here until it is not.
            }
            await Self.pause()
        }
    }

    private func followStatus() async {
        while !Task.isCancelled {
            await refreshStatus()
            await endPresence()
            await Self.pause()
        }
    }

    /// Asks the node how it stands. What it cannot say now it says later.
    func refreshStatus() async {
        guard let status = try? await gateway.status() else {
            // Locked, perhaps: what it said is not to lie about here.
            rowShelf.forget()
            return
        }
        live.note(status, words: SyncWords(status, now: now()).text)
    }

    private static func pause() async {
        // Cancelled means that it is over, which the loops see.
        try? await Task.sleep(for: .seconds(1))
    }

    /// How the offices are in touch, for the head of every page.
    func syncWords(_ now: Int64) -> [String: Any] {
        guard let status = live.status else { return ["isWhole": true, "words": "Starting"] }
        let words = SyncWords(status, now: now)
        return ["isWhole": words.isWhole, "words": words.text]
    }
}
