import InboxModel
public import OfficeNode

/// A member as it is before a transaction: down, on a disk that holds what the image says.
public struct CrashMemberImage {
    /// Its name in the roster.
    public let name: String
    /// Its keys.
    public let identity: MemberIdentity
    /// What its disk holds; nil for an empty disk.
    public let image: ShadowDiskImage?

    /// A member from its parts.
    public init(name: String, identity: MemberIdentity, image: ShadowDiskImage?) {
        self.name = name
        self.identity = identity
        self.image = image
    }
}

/// One transaction to be cut short at each of its storage operations: the state before it, what leads to it, and what must
/// be possible afterwards.
///
/// The parts are called anew for every point and get a stage where everything is as before. They must do the same each
/// time: draw from the stage's random streams only.
public struct CrashScene {
    /// What kind of transaction, for reports.
    public let kind: String
    /// The node that takes the turn.
    public let subject: CrashMemberImage
    /// Who else is up. The first is whom the subject goes on with.
    public let peers: [CrashMemberImage]
    /// Virtual time at the turn, in milliseconds since 1970.
    public let now: Int64
    /// Brings the subject from an image to the moment before: opens it, connects it. The disk does not fail yet.
    public let prologue: (CrashStage) throws -> Void
    /// The transaction, or several: through `CrashStage.turn` and `step`, so that what was acknowledged is known.
    public let act: (CrashStage) throws -> Void
    /// What must be possible after the crash and on the disk that it left, with the subject down: opens it and does work.
    /// Throws where it is not.
    public let epilogue: (CrashStage) throws -> Void

    /// A scene from its parts. Without prologue and epilogue the subject is opened and connected to the first peer, and
    /// afterwards opened, to author a change set and come to hold the same as the first peer.
    public init(
        kind: String, subject: CrashMemberImage, peers: [CrashMemberImage], now: Int64,
        prologue: @escaping (CrashStage) throws -> Void = CrashScene.opensAndConnects,
        epilogue: @escaping (CrashStage) throws -> Void = CrashScene.goesOn, act: @escaping (CrashStage) throws -> Void
    ) {
        self.kind = kind
        self.subject = subject
        self.peers = peers
        self.now = now
        self.prologue = prologue
        self.act = act
        self.epilogue = epilogue
    }

    /// A node's turn as a scene: events that were handed to it as one transaction.
    ///
    /// - Parameters:
    ///   - kind: What kind of transaction, for reports.
    ///   - subject: The node, and its disk before the turn.
    ///   - peers: Others that it may go on with, and their disks at that moment. Members of one group, by different names.
    ///   - now: The node's wall time at the turn.
    ///   - events: What it was handed. Runs must follow what the image holds.
    ///   - authors: Whether the turn authors change sets, so that a power cut must not undo it.
    public static func turn(
        kind: String, subject: CrashMemberImage, peers: [CrashMemberImage], now: Int64, events: [NodeEvent], authors: Bool
    ) -> CrashScene {
        CrashScene(kind: kind, subject: subject, peers: peers, now: now) { try $0.turn(events, isDurable: authors) }
    }

    /// Opens the subject, and connects it to the first peer until both have said what they hold.
    public static func opensAndConnects(_ stage: CrashStage) throws {
        try stage.subject.open(random: stage.random(for: stage.subject))
        guard let peer = stage.peers.first else { return }
        try stage.connect(peer)
        try stage.pump(ticks: false)
    }

    /// Opens the subject, lets it author a change set, and lets it and the first peer come to hold the same.
    public static func goesOn(_ stage: CrashStage) throws {
        try stage.subject.open(random: stage.random(for: stage.subject))
        if let peer = stage.peers.first {
            try stage.disconnect(peer)
            stage.now += 1_000
            try stage.connect(peer)
        }
        let details = PatientDetails(name: "After the crash", born: "1980-01-01", office: nil)
        try stage.turn([stage.subject.event(.putPatient(nil, details, shown: nil))], isDurable: true)
        _ = try stage.subject.answer?.get()
        if let peer = stage.peers.first { try stage.synchronise(with: peer) }
    }
}
