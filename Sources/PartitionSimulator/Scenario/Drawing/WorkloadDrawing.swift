import OfficeNode

/// Draws what patients write and what staff do about it.
///
/// Each office has a stream of its own for the moments at which patients write, and each of their threads one for what becomes of it.
/// An office's moments are drawn as if it were the only one and then thinned by the number of offices.
struct WorkloadDrawing {
    /// Time is looked at in slots of ten seconds, in each of which a patient may write.
    private static let slot: Int64 = 10_000
    private static let slotsPerHour = 360
    /// Of patients' messages, in a hundred: those that begin a thread. The others go on with one.
    static let newThreads = 65

    let scenario: Scenario
    let workload: Workload
    let time: StoryTime
    let seed: UInt64
    let offices: [String]
    let laptops: [String]
    private let taken: Set<String>

    init(_ scenario: Scenario, _ workload: Workload, _ time: StoryTime, seed: UInt64) {
        self.scenario = scenario
        self.workload = workload
        self.time = time
        self.seed = seed
        offices = scenario.nodes.filter { $0.kind == .office }.map(\.name)
        laptops = scenario.nodes.filter { $0.kind == .laptop }.map(\.name)
        taken = Set(scenario.threadPatients.keys)
    }

    func events() -> [ScenarioEvent] {
        offices.flatMap { office in
            let threads = moments("workload \(office)", perHour: workload.messagesPerHour * Self.newThreads / 100)
            let talks = threads.flatMap { slot, at -> [ScenarioEvent] in
                let name = "\(office)-\(slot)"
                if taken.contains(name) { return [] }
                var conversation = Conversation(name, at: office, from: at, of: self)
                return conversation.events()
            }
            let records = moments("records \(office)", perHour: max(1, workload.deedsPerHour / 30))
            return talks + records.compactMap { slot, at in record(office, slot, at) }
        }
    }

    /// Moments of a process that comes so often an hour over all offices, with their slots.
    private func moments(_ stream: String, perHour: Int) -> [(slot: Int64, at: Int64)] {
        var random = DrawnStream(seed, stream)
        let byDay = perHour * 1_000_000 / Self.slotsPerHour / max(1, offices.count)
        let byNight = byDay * workload.nightShare / 100
        var moments: [(slot: Int64, at: Int64)] = []
        for slot in 0..<(time.duration / Self.slot) {
            let start = slot * Self.slot
            let isOne = random.happens(perMillion: time.isOpen(at: start) ? byDay : byNight)
            let at = start + random.number(in: 0...Self.slot - 1)
            if isOne, let moved = time.moved(at) { moments.append((slot, moved)) }
        }
        return moments
    }

    /// Somebody corrects a patient's record, or a patient changes their mind about being reminded.
    private func record(_ office: String, _ slot: Int64, _ at: Int64) -> ScenarioEvent? {
        var random = DrawnStream(seed, "record \(office) \(slot)")
        let isEdit = random.happens(percent: 60)
        var deed = Deed(isEdit ? .editPatient : .consent, at: office, thread: "")
        deed.patient = random.number(in: 0...scenario.patients - 1)
        let digits = random.number(in: 10...99)
        let isGiven = random.happens(percent: 40)
        deed.value = isEdit ? "\(digits)" : isGiven ? "on" : "off"
        // Patients' records belong to the first office; a surgeon may change them everywhere.
        let person = office == offices.first ? "desk-\(office)" : "surgeon-\(office)"
        deed.actor = isEdit || random.happens(percent: 50) ? person : nil
        return ScenarioEvent(at: at, .deed(deed))
    }
}
