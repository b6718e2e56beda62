/// How long the pages wait for a connection, by what it owes. Connections are bounded in number, so one that says nothing, or says it a
/// byte at a time, would keep somebody else out.
struct ConnectionPatience: Hashable, Sendable {
    /// From the connection's begin, its handshake included, to the end of the first request's head.
    var firstHead: Duration = .seconds(10)
    /// From the end of a request's head to the end of its body.
    var body: Duration = .seconds(30)
    /// From the end of an answer to the end of the next request's head.
    var nextHead: Duration = .seconds(75)
    /// While the other side takes nothing of an answer.
    var taking: Duration = .seconds(60)
}

/// What a connection owes now, and until when. Holds no clock: whoever asks says how long something has lasted by when they ask.
struct ConnectionDues: Hashable, Sendable {
    /// What is waited for.
    enum Due: Hashable, Sendable {
        case firstHead
        case body
        case nextHead
        /// Nothing: a request is being answered, for as long as that takes. Live updates last for hours.
        case nothing
    }

    private var isReading = false
    private var wasAsked = false
    private var answering = 0

    /// What is due now.
    var due: Due {
        if isReading { return .body }
        if answering > 0 { return .nothing }
        return wasAsked ? .nextHead : .firstHead
    }

    /// The head of a request came. Another may come before the one before is answered.
    mutating func headCame() {
        wasAsked = true
        isReading = true
        answering += 1
    }

    /// The request that was being read is whole.
    mutating func requestEnded() { isReading = false }

    /// An answer is written.
    mutating func answerEnded() { answering = max(0, answering - 1) }

    /// How long what is due now is waited for; nil for as long as it takes.
    func patience(_ patience: ConnectionPatience) -> Duration? {
        switch due {
        case .firstHead: patience.firstHead
        case .body: patience.body
        case .nextHead: patience.nextHead
        case .nothing: nil
        }
    }
}
