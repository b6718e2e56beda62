/// One thing that happened in a run. One line of `trace.jsonl`.
///
/// Which of the optional parts are there follows from `kind`. Never patient content: texts name codes, threads by the scenario's
/// name or short code, and change sets by their dot.
public struct TraceEntry: Hashable, Sendable, Codable {
    /// What kind of thing.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// A frame left `node` for `peer`. `frame`, `bytes`, `fate`; `arrivals` where it arrived (twice: duplicated).
        case frame
        /// Somebody did something at `node`. `text` says what, `thread`, `changeSet` what it made, `refusal` why not.
        case deed
        /// `node` merged change sets of other nodes. `text` says how many; `changeSets` names up to 16 of them.
        case merged
        /// The link of `node` and `peer` was cut, in one direction only where `text` is `one-way`.
        case cut
        /// It was mended.
        case healed
        /// A connection of `node` and `peer` came to be.
        case connected
        /// It ended.
        case disconnected
        /// `node` stopped: `text` says how (killed, power lost, crashed by its disk).
        case stopped
        /// `node` started on what its replica holds.
        case started
        /// `node` hung: its process does nothing.
        case paused
        /// It goes on.
        case resumed
        /// A fault was injected into `node`, or the link of `node` and `peer`: `text` says which. `until` where it lasts.
        case fault
        /// `node` told people something: `text`.
        case notice
        /// `node` told operators something: `text`.
        case warning
        /// An invariant does not hold: `text` says which and how; `node` and `changeSet` where they are known.
        case violation
        /// A scenario's remark or expectation: `text`.
        case remark
    }

    /// What became of a frame.
    public enum Fate: String, Hashable, Sendable, Codable {
        /// It arrived.
        case delivered
        /// Lost by chance.
        case lost
        /// The link was cut, jammed or not connected when it left or when it should have arrived.
        case blocked
        /// It arrived damaged: bits flipped, cut short.
        case damaged
        /// It had been sent before and was sent again by the network.
        case replayed
    }

    /// Milliseconds of virtual time after the start.
    public var at: Int64
    /// What kind of thing.
    public var kind: Kind
    /// The number of the node it happened at; of a link, of one of its ends.
    public var node: Int?
    /// The other end.
    public var peer: Int?
    /// What kind of frame: `HELLO`, `CLOCK`, `WANT`, `RUN` ...
    public var frame: String?
    /// How long the frame was.
    public var bytes: Int?
    /// What became of the frame.
    public var fate: Fate?
    /// When the frame's copies arrived.
    public var arrivals: [Int64]?
    /// The thread, by the scenario's name or its short code.
    public var thread: String?
    /// The change set that was made or is at fault, as `replica:sequence`.
    public var changeSet: String?
    /// Change sets that were merged, as above.
    public var changeSets: [String]?
    /// The code of a refusal.
    public var refusal: String?
    /// When the fault ends.
    public var until: Int64?
    /// In words.
    public var text: String?

    /// An entry; set the parts that its kind has.
    public init(at: Int64, kind: Kind, node: Int? = nil, peer: Int? = nil, text: String? = nil) {
        self.at = at
        self.kind = kind
        self.node = node
        self.peer = peer
        self.text = text
    }
}
