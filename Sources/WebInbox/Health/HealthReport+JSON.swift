import Foundation

extension HealthReport {
    /// The report as one JSON object with sorted keys.
    var json: String {
        let object = JSON(
            changeSets: changeSets, group: group, node: node,
            peers: peers.map {
                JSON.Peer(
                    connected: $0.isConnected, missingHere: $0.missingHere, missingThere: $0.missingThere, name: $0.name,
                    silenceMilliseconds: $0.silence, state: $0.state)
            }, ready: isReady, trouble: trouble)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Encoding numbers and text cannot fail; an empty object would still be JSON.
        guard let data = try? encoder.encode(object) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    private struct JSON: Encodable {
        struct Peer: Encodable {
            let connected: Bool
            let missingHere: UInt64
            let missingThere: UInt64
            let name: String
            let silenceMilliseconds: Int64?
            let state: String
        }

        let changeSets: UInt64
        let group: String
        let node: String
        let peers: [Peer]
        let ready: Bool
        let trouble: [String]
    }
}
