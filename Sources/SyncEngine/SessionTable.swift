import ChangeLog

/// The sessions with all peers, ascending by member: the order in which they are served.
///
/// A session is large, and what is looked at most often is one word of each of many: `members(where:)` and its like read in place
/// what a subscript would copy.
struct SessionTable: Sendable {
    /// All peers, ascending.
    private(set) var members: [MemberID] = []
    /// In the same order. Optional so that a subscript can give access in place; never nil between calls.
    private var slots: [Session?] = []

    /// The session with `peer`; nil for none.
    subscript(peer: MemberID) -> Session? {
        get {
            let place = place(of: peer)
            return place < members.count && members[place] == peer ? slots[place] : nil
        }
        _modify {
            let place = place(of: peer)
            if place == members.count || members[place] != peer {
                members.insert(peer, at: place)
                slots.insert(nil, at: place)
            }
            defer {
                if slots[place] == nil {
                    members.remove(at: place)
                    slots.remove(at: place)
                }
            }
            yield &slots[place]
        }
    }

    /// Adds a session with `peer` if there is none.
    mutating func add(_ peer: MemberID) {
        if self[peer] == nil { self[peer] = Session(peer) }
    }

    /// The peers whose sessions are so, ascending.
    func members(where isSo: (Session) -> Bool) -> [MemberID] {
        var found: [MemberID] = []
        for place in slots.indices {
            if let session = slots[place], isSo(session) { found.append(members[place]) }
        }
        return found
    }

    /// How many sessions are so.
    func count(where isSo: (Session) -> Bool) -> Int {
        var count = 0
        for place in slots.indices {
            if let session = slots[place], isSo(session) { count += 1 }
        }
        return count
    }

    /// Whether any session is so.
    func contains(where isSo: (Session) -> Bool) -> Bool {
        for place in slots.indices {
            if let session = slots[place], isSo(session) { return true }
        }
        return false
    }

    /// When the earliest of the next greetings is due, over all connected peers.
    var nextGreeting: Int64 {
        var due = Int64.max
        for place in slots.indices {
            if let session = slots[place], session.isConnected { due = min(due, session.greeting.due) }
        }
        return due
    }

    /// Where `peer` is, or would be.
    private func place(of peer: MemberID) -> Int {
        var (low, high) = (0, members.count)
        while low < high {
            let middle = (low + high) / 2
            if members[middle] < peer { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
