import OfficeNode
import SyncEngine

/// How the offices are in touch, in a few words, and which of them were not heard from.
struct SyncWords {
    /// An office's node that is out of reach.
    struct Absent {
        let name: String
        /// When it was last heard, in milliseconds since 1970; nil for never.
        let lastHeard: Int64?
    }

    /// Office nodes out of reach, ascending by name. Laptops come and go; they are not missed.
    let absent: [Absent]
    let isWaitingForKey: Bool
    let hasBacklog: Bool

    init(_ status: NodeStatus, now: Int64) {
        absent = status.members.filter { $0.kind == .office && $0.id != status.member?.id }.compactMap { member in
            let peer = status.peers.first { $0.member == member.id }
            return peer?.isConnected == true ? nil : Absent(name: member.name, lastHeard: peer?.lastHeard)
        }
        isWaitingForKey = status.isWaitingForKey
        hasBacklog = status.hasBacklog
    }

    var isWhole: Bool { absent.isEmpty && !isWaitingForKey }

    var text: String {
        if isWaitingForKey { return "Waiting for a key" }
        switch absent.count {
        case 0: return hasBacklog ? "Catching up" : "All offices in touch"
        case 1: return "\(absent[0].name) out of reach"
        default: return "\(absent.count) offices out of reach"
        }
    }
}
