import Synchronization

/// Frames that wait for the transport's thread, one lane per connected peer. Filled from any thread.
///
/// A lane is open while its peer is connected. A frame for any other peer is dropped: a frame of a broken session
/// would only confuse the next one.
final class OutboundQueue: Sendable {
    fileprivate struct Lane {
        var frames: [[UInt8]] = []
        /// Frames before this index were taken. Saves moving the rest at every take.
        var taken = 0
        var byteCount = 0

        var isEmpty: Bool { taken == frames.count }
    }

    private struct State {
        var lanes: [CurveKey: Lane] = [:]
        /// Peers whose lane is not empty, in the order in which they became so.
        var waiting: [CurveKey] = []
    }

    private let state = Mutex(State())
    private let bytesMaxPerPeer: Int

    /// What a frame costs besides its bytes, so that very short frames are bounded too.
    fileprivate static let frameOverhead = 64

    init(bytesMaxPerPeer: Int) {
        self.bytesMaxPerPeer = bytesMaxPerPeer
    }

    /// `false` if the frame was dropped.
    func append(_ frame: [UInt8], for key: CurveKey) -> Bool {
        state.withLock { state in
            let cost = frame.count + OutboundQueue.frameOverhead
            guard let index = state.lanes.index(forKey: key),
                state.lanes.values[index].byteCount + cost <= bytesMaxPerPeer
            else { return false }
            if state.lanes.values[index].isEmpty { state.waiting.append(key) }
            state.lanes.values[index].frames.append(frame)
            state.lanes.values[index].byteCount += cost
            return true
        }
    }

    func open(_ key: CurveKey) {
        state.withLock { $0.lanes[key] = Lane() }
    }

    /// Drops what waits for the peer and whatever is sent to it from now on; returns how many frames were dropped.
    func close(_ key: CurveKey) -> Int {
        state.withLock { state in
            state.waiting.removeAll { $0 == key }
            return state.lanes.removeValue(forKey: key).map { $0.frames.count - $0.taken } ?? 0
        }
    }

    /// Peers for whom something waits.
    var waiting: [CurveKey] { state.withLock { $0.waiting } }

    /// Takes the oldest frames for a peer: at least one if any waits, at most `frameCountMax`, and none beyond the one
    /// that passes `byteCountMax`.
    func take(for key: CurveKey, frameCountMax: Int, byteCountMax: Int) -> [[UInt8]] {
        state.withLock { state in
            guard let index = state.lanes.index(forKey: key) else { return [] }
            let taken = state.lanes.values[index].take(frameCountMax: frameCountMax, byteCountMax: byteCountMax)
            if state.lanes.values[index].isEmpty { state.waiting.removeAll { $0 == key } }
            return taken
        }
    }
}

extension OutboundQueue.Lane {
    fileprivate mutating func take(frameCountMax: Int, byteCountMax: Int) -> [[UInt8]] {
        var result: [[UInt8]] = []
        var bytesTaken = 0
        while taken < frames.count, result.count < frameCountMax, bytesTaken < byteCountMax {
            bytesTaken += frames[taken].count
            result.append(frames[taken])
            frames[taken] = []  // the bytes now belong to the batch alone
            taken += 1
        }
        byteCount -= bytesTaken + result.count * OutboundQueue.frameOverhead
        compact()
        return result
    }

    /// Frees what was taken once it is the larger part, so that each frame is moved once on average.
    private mutating func compact() {
        if isEmpty {
            frames.removeAll(keepingCapacity: frames.capacity <= 1024)
            taken = 0
        } else if taken > 64 && taken * 2 > frames.count {
            frames.removeFirst(taken)
            taken = 0
        }
    }
}
