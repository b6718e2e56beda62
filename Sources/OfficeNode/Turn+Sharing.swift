import Causality
import InboxModel
import ReplicaStore

// Sharing a thread with somebody from outside the practice, and taking it back.

extension Turn {
    mutating func share(_ command: ThreadCommand, _ task: inout ThreadTask) throws {
        switch command {
        case .share(let staff, let until):
            let profile = try profile(of: staff)
            guard profile.isActive, profile.role == .partner else {
                throw CommandRefusal(.invalid, "a thread is shared with an account of an outside partner that is in use: choose one")
            }
            guard until > now else { throw CommandRefusal(.invalid, "a thread can be shared only until a later time") }
            guard until <= now + ThreadShare.lifetimeMax else {
                let days = ThreadShare.lifetimeMax / 86_400_000
                throw CommandRefusal(.invalid, "a thread is shared for \(days) days at most: share it again when that is over")
            }
            task.add(.shared(staff, until: until))
        case .unshare(let staff):
            guard task.state.sharedUntil(with: staff) != nil else {
                throw CommandRefusal(.conflict, "the thread is not shared with that account, or it was taken back already")
            }
            task.add(.unshared(staff))
        default: break
        }
    }
}
