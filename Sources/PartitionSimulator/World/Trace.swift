import Causality
import InboxModel
import OfficeNode
public import Vault

/// What happened in a simulation, folded into one hash as it runs. Equal traces have equal hashes; two runs of one seed must have
/// one.
public struct Trace: Sendable {
    private static let domain = Domain("suture simulation trace v1")

    /// The hash of everything so far.
    public private(set) var hash = Digest.zero
    /// How many records went into it.
    public private(set) var count = 0

    /// Adds a record: when, which node, what kind of thing, and its bytes.
    mutating func add(_ kind: Kind, node: Int, at time: Int64, _ bytes: [UInt8] = []) {
        var record = hash.bytes
        record.reserveCapacity(record.count + bytes.count + 17)
        record.append(kind.rawValue)
        withUnsafeBytes(of: time.bigEndian) { record.append(contentsOf: $0) }
        withUnsafeBytes(of: Int64(node).bigEndian) { record.append(contentsOf: $0) }
        record.append(contentsOf: bytes)
        hash = Digest.hash(Self.domain, record)
        count += 1
    }

    /// Adds what a node asked of its shell.
    mutating func add(_ directives: [Directive], node: Int, at time: Int64) {
        for directive in directives {
            switch directive {
            case .send(let key, let frame): add(.sent, node: node, at: time, key.bytes + frame)
            case .answer(_, .success(let outcome)):
                add(.answered, node: node, at: time, Array((outcome.dot?.description ?? "-").utf8))
            case .answer(_, .failure(let refusal)): add(.refused, node: node, at: time, Array(refusal.code.rawValue.utf8))
            case .changed(let threads): add(.changed, node: node, at: time, threads.flatMap(\.canonicalBytes))
            case .notice(let notice): add(.notice, node: node, at: time, Array(notice.text.utf8))
            case .warning(let warning): add(.warning, node: node, at: time, Array(warning.code.utf8))
            case .admit(let keys): add(.admitted, node: node, at: time, keys.flatMap(\.bytes))
            case .connect, .prepared, .replaceKeys, .rewindPreparer, .signInsElsewhere, .wake: break
            }
        }
    }

    /// What kind of thing a record is about.
    enum Kind: UInt8 {
        case arrived = 1
        case turned = 2
        case sent = 3
        case answered = 4
        case refused = 5
        case changed = 6
        case notice = 7
        case warning = 8
        case admitted = 9
        case connected = 10
        case disconnected = 11
        case stopped = 12
        case started = 13
    }
}

extension Notice {
    /// The notice in fixed words: the same in every process.
    var text: String {
        switch self {
        case .contested(let thread, let claimants): "contested \(thread) \(claimants.map(\.text))"
        case .answeredTwice(let thread): "answered twice \(thread)"
        case .filedTwice(let thread): "filed twice \(thread)"
        case .unseenByResolver(let thread): "unseen by resolver \(thread)"
        case .settled(let thread, let owner): "settled \(thread) \(owner.text)"
        case .offered(let thread, let to): "offered \(thread) \(to.text)"
        case .deviceWaits(let member): "device waits \(member)"
        case .newReplica(let member, let replica, let reason): "new log \(replica) of \(member) \(reason?.kind.rawValue ?? "told")"
        case .forked(let member, let replica, let number): "forked \(replica) of \(member) after \(number)"
        }
    }
}

extension Owner {
    /// The owner in fixed words.
    fileprivate var text: String {
        switch self {
        case .queue(let id): "queue \(id)"
        case .staff(let id): "staff \(id)"
        }
    }
}
