import Hummingbird
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

// Who looks at a thread and who writes in it, told to those of the practice who may read it and have it open here.
extension StaffServer {
    func addPresence(to router: Router<PageContext>) {
        post("/threads/:thread/writing", in: router) { page in
            let (id, state) = try self.thread(of: page)
            try page.require(.draft, on: state)
            if self.live.writes(page.access.staff, in: id, now: page.now) {
                self.tellPresence(of: state, page.directory, now: page.now, isOver: false)
            }
            return Response(status: .noContent)
        }
        post("/threads/:thread/looking", in: router) { page in
            let (id, state) = try self.thread(of: page)
            let isLeft = page.form.isOn("left")
            let isNews =
                isLeft
                ? self.live.leaves(page.access.staff, id) : self.live.looks(page.access.staff, at: id, now: page.now)
            if isNews { self.tellPresence(of: state, page.directory, now: page.now, isOver: isLeft) }
            return Self.json(self.presence(in: id, for: page).json)
        }
    }

    /// Who else is there, as one person may know it: nobody from outside learns who works for the practice.
    private func presence(in thread: ThreadID, for page: PageRequest) -> LiveUpdates.Presence {
        if page.access.isFromOutside { return LiveUpdates.Presence(thread: thread, writing: [], looking: []) }
        return live.presence(in: thread, for: page.access.staff, now: page.now) { page.directory.name(of: $0) }
    }

    /// Tells the open pages of those of the practice who may read a thread who is there.
    private func tellPresence(of state: ThreadState, _ directory: Directory, now: Int64, isOver: Bool) {
        live.tellPresence(
            in: state.id, now: now, isOver: isOver,
            mayRead: { staff in
                guard let access = StaffAccess(of: staff, in: directory, at: settings.device, now: now), !access.isFromOutside else {
                    return false
                }
                return access.decision(.read, on: state).isAllowed
            }, name: { directory.name(of: $0) })
    }

    /// Tells who is there no longer although their page did not say so: it was closed by force, or its computer went to sleep.
    func endPresence() async {
        let now = now()
        let threads = live.endPresence(before: now)
        // A node that is locked shows nothing to anybody, and then nobody needs to be told.
        guard !threads.isEmpty, let reader = try? await gateway.quietReader(), let directory = try? reader.directory() else { return }
        for thread in threads {
            guard let state = try? reader.store.state(of: thread) else { continue }
            tellPresence(of: state, directory, now: now, isOver: true)
        }
    }
}
