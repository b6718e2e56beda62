/// Something that happens at a moment of a scenario.
public struct ScenarioEvent: Hashable, Sendable {
    /// Milliseconds after the start.
    public var at: Int64
    /// What.
    public var action: ScenarioAction
    /// The fault that the event is part of, for the coverage table, where that is not plain from the action.
    public var shows: Fault?
    /// The line of the file that says so, from 1; 0 where it was drawn.
    public var line: Int

    /// An event from its parts.
    public init(at: Int64, _ action: ScenarioAction, shows: Fault? = nil, line: Int = 0) {
        self.at = at
        self.action = action
        self.shows = shows
        self.line = line
    }
}

/// What happens in a scenario. Times are milliseconds. Faults that have a length end by themselves after it, or with `heal: all` or
/// `settle`; those without last until then.
public enum ScenarioAction: Hashable, Sendable {
    // MARK: The network
    /// Links between nodes of different parts are cut. Nodes that no part names keep their links.
    case partition([[String]], for: Int64?)
    /// The links that a shape leaves out are cut, over all nodes in their order.
    case shape(PartitionShape, for: Int64?)
    /// One link is cut; only frames from the first to the second where `oneWay`.
    case cut(String, String, oneWay: Bool, for: Int64?)
    /// Every link of the node is cut.
    case isolate(String, for: Int64?)
    /// Links are mended: all, those of a node, or one.
    case heal(LinkScope)
    /// Links get other conditions.
    case conditions(LinkScope, LinkPatch, for: Int64?)
    /// Frames are held back and arrive all at once when the jam ends.
    case jam(LinkScope, for: Int64)
    /// The first node's end of the connection is gone; the second one goes on believing in it.
    case halfOpen(String, String)
    /// The links go down and up.
    case flap(LinkScope, every: Int64, for: Int64)
    /// One node after another is cut off, in a random order, and comes back in another.
    case swizzle(for: Int64)
    /// Frames that were carried at least `age` ago are carried again, up to `count`; of earlier connections where `otherSession`.
    case replay(LinkScope, age: Int64, count: Int, otherSession: Bool)

    // MARK: The nodes
    /// A node dies: at once, or at the next of its own boundaries.
    case kill(String, Death, KillPoint)
    /// It starts again.
    case restart(String)
    /// It is killed and started over and over.
    case restartLoop(String, times: Int, every: Int64)
    /// Its process hangs.
    case pause(String, for: Int64)
    /// Its clock goes wrong.
    case clock(String, ClockFault, for: Int64?)
    /// Its disk goes wrong.
    case disk(String, DiskFault, for: Int64?)
    /// Its replica is copied to a safe place.
    case backup(String)
    /// The node dies and is started on the copy.
    case restore(String)
    /// A second process starts on a copy of the node's disk, with its keys, under the name `as`.
    case clone(String, as: String)
    /// A node joins, invited at `through`.
    case join(Scenario.Participant, through: String)

    /// An administrator's node changes members or keys.
    case administer(MembershipDeed, through: String)

    // MARK: Adversaries
    /// Somebody with the keys of `by` sends what an honest node would not, to one node or to all.
    case attack(Fault, by: String, against: String?)
    /// A relay does not do its duty, towards one node or all.
    case lie(Fault, by: String, against: String?, for: Int64?)

    // MARK: People
    /// Somebody does something.
    case deed(Deed)

    /// All faults end, dead nodes start, and after some rounds every invariant is checked.
    case settle
}

/// What an administrator's node does about members and keys.
public enum MembershipDeed: Hashable, Sendable {
    /// A member is shut out.
    case revoke(String)
    /// A member leaves in good order.
    case retire(String)
    /// A member becomes an administrator.
    case promote(String)
    /// A new epoch begins.
    case rotate
    /// The recovery signers make the node that it happens at an administrator.
    case recover

    /// The verb of scenario files, and what stands behind it.
    var words: (verb: String, object: String) {
        switch self {
        case .revoke(let name): ("revoke", name)
        case .retire(let name): ("retire", name)
        case .promote(let name): ("promote", name)
        case .rotate: ("rotate", "epoch")
        case .recover: ("recover", "administrator")
        }
    }

    /// The member it is about, where that is another than the one that does it.
    var member: String? {
        switch self {
        case .revoke(let name), .retire(let name), .promote(let name): name
        case .rotate, .recover: nil
        }
    }
}

/// Which links.
public enum LinkScope: Hashable, Sendable {
    /// All of them.
    case all
    /// All links of a node.
    case of(String)
    /// One link.
    case between(String, String)
}

/// Which links a partition leaves, over nodes in their order.
public enum PartitionShape: String, Hashable, Sendable, CaseIterable {
    /// Two halves; the first has the odd one.
    case halves
    /// A third, rounded down but at least one, against the rest.
    case minorityThird = "minority-third"
    /// Each node sees its nearest neighbours only, a majority each, and no two the same one.
    case ringOfMajorities = "ring-of-majorities"
    /// Two halves that only the middle node reaches both of.
    case bridge
    /// The first sees the second, the second the third, and so on: a line.
    case nonTransitive = "non-transitive"

    /// The pairs of numbers below `count` whose link is cut.
    func cuts(_ count: Int) -> [(Int, Int)] {
        var pairs: [(Int, Int)] = []
        for one in 0..<count {
            for other in (one + 1)..<max(count, one + 1) where !keeps(one, other, count) { pairs.append((one, other)) }
        }
        return pairs
    }

    private func keeps(_ one: Int, _ other: Int, _ count: Int) -> Bool {
        switch self {
        case .halves: return (one < (count + 1) / 2) == (other < (count + 1) / 2)
        case .minorityThird: return (one < max(1, count / 3)) == (other < max(1, count / 3))
        case .ringOfMajorities:
            let distance = min(other - one, count - (other - one))
            // A majority counts the node itself, so each needs half the others, a quarter on either side.
            return distance <= max(1, (count / 2 + 1) / 2)
        case .bridge:
            let middle = count / 2
            return one == middle || other == middle || (one < middle) == (other < middle)
        case .nonTransitive: return other - one == 1
        }
    }
}

/// The parts of a link's conditions that an event changes; nil leaves a part as it is.
public struct LinkPatch: Hashable, Sendable {
    /// The shortest and longest time on the way.
    public var delay: ClosedRange<Int64>?
    /// Chances in a million frames.
    public var loss: Int?
    /// Lost frames come in bursts of this length on average.
    public var burst: Int?
    /// Repeated, in a million.
    public var duplication: Int?
    /// Overtaken, in a million.
    public var reordering: Int?
    /// Bits flipped, in a million.
    public var corruption: Int?
    /// Cut short, in a million.
    public var truncation: Int?
    /// Bytes a second; 0 for no limit.
    public var bandwidth: Int?

    /// A patch that changes nothing.
    public init() {}
}

/// When a node that is to die dies.
public enum KillPoint: String, Hashable, Sendable, CaseIterable {
    /// At once, between turns.
    case now
    /// In its next turn that writes, at a random write to its disk. Without a disk: before the transaction.
    case write
    /// In its next turn, at a sync of its disk. Without a disk: before the transaction.
    case sync
    /// In its next turn, after the transaction and before any of its directives.
    case commit
    /// In its next turn, after some of its directives and before the rest.
    case directive
}

/// How a clock goes wrong.
public enum ClockFault: Hashable, Sendable {
    /// It is set ahead (or back) by so many milliseconds.
    case jump(Int64)
    /// It runs fast (or slow) by so many parts in a million.
    case drift(Int64)
    /// It stands still.
    case frozen
}

/// How a disk goes wrong.
public enum DiskFault: String, Hashable, Sendable, CaseIterable {
    /// There is no room.
    case full
    /// Reads, writes and syncs fail.
    case inputOutputError = "io-error"
    /// It says that it synced and did not; the next power loss shows it.
    case lyingSync = "lying-sync"
    /// Power goes during the node's next writes, and sectors are written in part.
    case tornWrite = "torn-write"
    /// A stored bit flips.
    case bitRot = "bit-rot"
}
