/// The first line of `trace.jsonl`: what the record is of. The lines after it are its entries.
struct TraceHeader: Codable {
    /// The form of the file; a reader refuses another.
    static let format = "suture trace 1"
    /// No record has more nodes: pictures and tables grow with their square.
    static let nodesMax = 1_000

    var trace = format
    let name: String
    let seed: UInt64
    let start: Int64
    let duration: Int64
    let nodes: [RunRecord.Participant]

    init(_ record: RunRecord) {
        name = record.name
        seed = record.seed
        start = record.start
        duration = record.duration
        nodes = record.nodes
    }
}
