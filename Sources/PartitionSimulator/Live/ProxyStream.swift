/// One direction of one connection: what is on its way and when it arrives. Without sockets and without a clock: bytes
/// and times go in, bytes that are due come out.
///
/// Holds at most `bytesMax` bytes and what came with the last piece; whoever fills it reads no more while `room` is 0.
struct ProxyStream {
    /// Bytes that are on their way in one direction of one connection, at most.
    static let bytesMax = 256 << 10

    /// What is on its way.
    enum Item: Hashable {
        case bytes([UInt8])
        /// The sender sends no more.
        case finish
        /// The connection ends for both.
        case close
        /// The connection ends for both, as a failure.
        case reset
    }

    private struct Entry {
        let item: Item
        let due: Int64
    }

    private var random: SplitMix64
    private var scan: CanaryScan
    private var entries: [Entry] = []
    /// The first entry that has not arrived.
    private var head = 0
    /// How much of the first entry has arrived.
    private var arrived = 0
    private var queuedBytes = 0
    private var lastDue: Int64 = 0
    /// When the line has sent what it was given.
    private var lineFree: Int64 = 0
    /// Whether the sender's end, or one that was made up, was taken: nothing comes after it.
    private(set) var isEnded = false
    /// Whether anything was swallowed: a connection with a gap is no connection any more.
    private(set) var hasGap = false

    /// An empty stream that draws from `random` and looks for `canary`.
    init(random: SplitMix64, canary: [UInt8]) {
        self.random = random
        scan = CanaryScan(canary)
    }

    /// How many bytes may be read from the sender.
    var room: Int { isEnded ? 0 : max(0, Self.bytesMax - queuedBytes) }

    /// When the first thing on its way is due; nil if there is none.
    var nextDue: Int64? { head < entries.count ? entries[head].due : nil }

    /// Takes a piece that the sender sent. Draws the same numbers for each, so that a changed chance moves no later draw.
    mutating func take(_ piece: [UInt8], at now: Int64, _ conditions: ProxyConditions, _ counts: inout ProxyCounts) {
        guard !piece.isEmpty, !isEnded else { return }
        counts.pieces += 1
        counts.canaries += scan.feed(piece)
        let isReset = random.happens(conditions.reset)
        let isTruncated = random.happens(conditions.truncation)
        let keeps = Int(random.number(in: 0...Int64(piece.count - 1)))
        let isCorrupted = random.happens(conditions.corruption)
        let bit = Int(random.number(in: 0...Int64(piece.count * 8 - 1)))
        let isStalled = random.happens(conditions.stall)
        let pause = random.number(in: conditions.stallLength)
        let delay = random.number(in: conditions.delay)
        if conditions.isSilent {
            counts.swallowedBytes += piece.count
            hasGap = true
            return
        }
        var piece = piece
        if isStalled {
            counts.stalls += 1
            lineFree = max(lineFree, now) + pause * 1_000_000
        }
        if isCorrupted {
            counts.flips += 1
            piece[bit / 8] ^= 1 << UInt8(bit % 8)
        }
        if isTruncated { piece.removeSubrange(keeps...) }
        let due = dueTime(of: piece.count, at: now, delay: delay, conditions.bytesPerSecond)
        if isReset {
            counts.resets += 1
            end(.reset, due: due)
        } else {
            if !piece.isEmpty { append(.bytes(piece), due: due) }
            if isTruncated {
                counts.truncations += 1
                end(.close, due: due)
            }
        }
    }

    /// Takes the sender's end. A silent line swallows that too.
    mutating func takeEnd(_ item: Item, at now: Int64, _ conditions: ProxyConditions) {
        guard !isEnded else { return }
        if conditions.isSilent {
            hasGap = true
            isEnded = true
            return
        }
        let delay = random.number(in: conditions.delay)
        end(item, due: dueTime(of: 0, at: now, delay: delay, conditions.bytesPerSecond))
    }

    /// What is due, as far as it has not arrived; nil where nothing is.
    func next(at now: Int64) -> Item? {
        guard head < entries.count, entries[head].due <= now else { return nil }
        if case .bytes(let bytes) = entries[head].item, arrived > 0 { return .bytes(Array(bytes[arrived...])) }
        return entries[head].item
    }

    /// Notes that `count` bytes of what was due have arrived, or, where it was an end, that it has.
    mutating func advance(by count: Int) {
        guard head < entries.count else { return }
        if case .bytes(let bytes) = entries[head].item {
            arrived += count
            queuedBytes -= count
            if arrived < bytes.count { return }
        }
        arrived = 0
        head += 1
        if head == entries.count {
            entries.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 64 {
            entries.removeFirst(head)
            head = 0
        }
    }

    private mutating func dueTime(of count: Int, at now: Int64, delay: Int64, _ bytesPerSecond: Int?) -> Int64 {
        lineFree = max(lineFree, now)
        if let bytesPerSecond { lineFree += Int64(count) * 1_000_000_000 / Int64(max(1, bytesPerSecond)) }
        return max(lastDue, lineFree + delay * 1_000_000)
    }

    private mutating func append(_ item: Item, due: Int64) {
        entries.append(Entry(item: item, due: due))
        if case .bytes(let bytes) = item { queuedBytes += bytes.count }
        lastDue = due
    }

    private mutating func end(_ item: Item, due: Int64) {
        append(item, due: due)
        isEnded = true
    }
}
