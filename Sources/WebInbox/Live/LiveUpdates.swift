import Hummingbird
import InboxModel
import OfficeNode
import Synchronization

/// What pages that are open are told, and how the node stands, asked for once a second instead of by every page.
final class LiveUpdates: Sendable {
    /// One line of the event stream.
    struct Event: Sendable {
        let name: String
        let data: String
        /// The threads that it is about, where it is about any.
        var threads: [ThreadID] = []

        /// As the stream carries it. Data has no line ends: it is JSON of our own.
        var text: String { "event: \(name)\ndata: \(data)\n\n" }

        /// Threads changed.
        static func changed(_ threads: [ThreadID]) -> Event {
            Event(name: "threads", data: "[" + threads.map { "\"\($0)\"" }.joined(separator: ",") + "]", threads: threads)
        }

        /// The session has ended.
        static let bye = Event(name: "bye", data: "{}")
    }

    /// Who else is in a thread, for the page of one person, by name.
    struct Presence: Sendable {
        let thread: ThreadID
        let writing: [String]
        let looking: [String]

        var json: JSONText {
            .object([
                ("thread", .text("\(thread)")), ("names", .list(writing.map { .text($0) })), ("looking", .list(looking.map { .text($0) })),
            ])
        }

        var event: Event { Event(name: "presence", data: json.text) }
        var isEmpty: Bool { writing.isEmpty && looking.isEmpty }
    }

    /// The most streams at once; a browser that is refused shows its page without live updates.
    private static let streamsMax = 2000

    private struct Stream {
        let token: String
        let staff: StaffID
        let continuation: AsyncStream<Event>.Continuation
    }

    private struct Contents {
        var next = 0
        var streams: [Int: Stream] = [:]
        var status: NodeStatus?
        var syncWords = ""
        var presence = ThreadPresence()
    }

    private let contents = Mutex(Contents())

    /// How the node stood a moment ago; nil before it was first asked.
    var status: NodeStatus? { contents.withLock { $0.status } }

    /// A stream of what happens, for the session of `token`. Nil where there are too many.
    func subscribe(token: String, staff: StaffID) -> AsyncStream<Event>? {
        let (stream, continuation) = AsyncStream<Event>.makeStream(bufferingPolicy: .bufferingNewest(64))
        let id: Int? = contents.withLock { contents in
            guard contents.streams.count < Self.streamsMax else { return nil }
            contents.next += 1
            contents.streams[contents.next] = Stream(token: token, staff: staff, continuation: continuation)
            return contents.next
        }
        guard let id else { return nil }
        continuation.onTermination = { [weak self] _ in self?.contents.withLock { $0.streams[id] = nil } }
        return stream
    }

    /// Tells everybody that threads changed.
    func tell(_ threads: [ThreadID]) {
        send(.changed(threads))
    }

    /// Keeps how the node stands; tells pages where what they say of it changed.
    func note(_ status: NodeStatus, words: String) {
        let isNew = contents.withLock { contents in
            contents.status = status
            defer { contents.syncWords = words }
            return contents.syncWords != words
        }
        if isNew { send(Event(name: "sync", data: "{}")) }
    }

    /// Somebody writes in a thread. Returns whether that is news.
    func writes(_ staff: StaffID, in thread: ThreadID, now: Int64) -> Bool {
        contents.withLock { $0.presence.writes(staff, in: thread, now: now) }
    }

    /// Somebody looks at a thread. Returns whether that is news.
    func looks(_ staff: StaffID, at thread: ThreadID, now: Int64) -> Bool {
        contents.withLock { $0.presence.looks(staff, at: thread, now: now) }
    }

    /// Somebody left a thread. Returns whether that is news.
    func leaves(_ staff: StaffID, _ thread: ThreadID) -> Bool { contents.withLock { $0.presence.leaves(staff, thread) } }

    /// Forgets who has not been there for a while. Returns the threads that they were in.
    func endPresence(before now: Int64) -> [ThreadID] { contents.withLock { $0.presence.end(before: now) } }

    /// Who is in a thread beside `staff`.
    func presence(in thread: ThreadID, for staff: StaffID, now: Int64, name: (StaffID) -> String) -> Presence {
        let people = contents.withLock { $0.presence.people(in: thread, now: now) }
        return Presence(
            thread: thread, writing: people.writing.filter { $0 != staff }.map(name),
            looking: people.looking.filter { $0 != staff }.map(name))
    }

    /// Tells who is in a thread: each page about the others, and only those whose reader may know. Whoever may not learns neither that it
    /// exists nor who works on it. That nobody else is there is news only when it is over (`isOver`).
    func tellPresence(in thread: ThreadID, now: Int64, isOver: Bool, mayRead: (StaffID) -> Bool, name: (StaffID) -> String) {
        let streams = contents.withLock { Array($0.streams.values) }
        // Somebody with several pages is judged once.
        var events: [StaffID: Event?] = [:]
        for stream in streams {
            let event = events[stream.staff] ?? {
                let others = presence(in: thread, for: stream.staff, now: now, name: name)
                return (others.isEmpty && !isOver) || !mayRead(stream.staff) ? nil : others.event
            }()
            events[stream.staff] = .some(event)
            if let event { stream.continuation.yield(event) }
        }
    }

    /// The session ended: its pages go to the sign-in.
    func end(token: String) { close { $0.token == token } }

    /// All sessions of a person ended.
    func end(_ staff: StaffID) { close { $0.staff == staff } }

    /// The server stops.
    func endAll() {
        for stream in contents.withLock({ Array($0.streams.values) }) { stream.continuation.finish() }
    }

    private func close(_ choose: (Stream) -> Bool) {
        for stream in contents.withLock({ $0.streams.values.filter(choose) }) {
            stream.continuation.yield(.bye)
            stream.continuation.finish()
        }
    }

    private func send(_ event: Event) {
        for stream in contents.withLock({ Array($0.streams.values) }) { stream.continuation.yield(event) }
    }
}
