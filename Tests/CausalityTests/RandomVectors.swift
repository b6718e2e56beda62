import Causality

/// Draws version vectors that often share replicas and often equal or dominate each other: few replicas, small numbers,
/// and now and then a number that needs ten bytes.
struct RandomVectors {
    static let replicas = [ReplicaID(0), ReplicaID(1), ReplicaID(7), ReplicaID(1 << 63), ReplicaID(.max)]

    var generator: SplitMix64

    init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    mutating func entries() -> [VersionVector.Entry] {
        (0..<Int.random(in: 0...7, using: &generator)).map { _ in
            let replica = Self.replicas[Int.random(in: 0..<Self.replicas.count, using: &generator)]
            let isLarge = Int.random(in: 0..<10, using: &generator) == 0
            return .init(replica, isLarge ? generator.next() : UInt64.random(in: 0...3, using: &generator))
        }
    }

    mutating func vector() -> VersionVector { VersionVector(entries()) }

    mutating func dot() -> Dot {
        let replica = Self.replicas[Int.random(in: 0..<Self.replicas.count, using: &generator)]
        return Dot(replica, UInt64.random(in: 1...4, using: &generator))
    }
}

/// A vector as the plainest thing it can be: what each replica has been seen up to, by name.
func plain(_ vector: VersionVector) -> [ReplicaID: UInt64] {
    var result: [ReplicaID: UInt64] = [:]
    for replica in RandomVectors.replicas where vector[replica] > 0 { result[replica] = vector[replica] }
    return result
}
