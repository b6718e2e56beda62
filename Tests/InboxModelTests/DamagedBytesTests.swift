import Causality
import InboxModel
import Testing

/// States are read back from disk. Damaged bytes must end in a thrown error or in a value, never in a crash.
@Suite("Decoding damaged states")
struct DamagedBytesTests {
    /// Encoded states in which every field holds something, with how to decode each.
    struct Sample: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let bytes: [UInt8]
        /// The bytes that what was decoded encodes to; throws where nothing could be decoded.
        let decodeAndEncode: @Sendable ([UInt8]) throws -> [UInt8]

        init<Value: CanonicalCodable & SendableMetatype>(_ name: String, _ value: Value) {
            testDescription = name
            bytes = value.canonicalBytes
            decodeAndEncode = { try Value(canonicalBytes: $0).canonicalBytes }
        }
    }

    static let samples: [Sample] = {
        var offices = Offices()
        let maria = Actor.patient(Cast.maria)
        for office in 0...1 {
            let dana = Actor.staff(Cast.dana)
            offices.reply(at: office, by: Cast.dana)
            offices.act(
                at: office, by: dana, .thread(0, .claim(by: Cast.dana)), .thread(0, .offer(to: Cast.bo)),
                .thread(0, .category(Cast.postOp, .urgent)), .thread(0, .moved(Cast.belAir)),
                .thread(0, .subject(content: 300)), .thread(0, .language("es")), .thread(0, .priority(.urgent)),
                .thread(0, .review(true)), .thread(0, .escalated(level: 2)), .thread(0, .due(12)),
                .thread(0, .snoozed(until: 13)), .thread(0, .tagged("x-ray")), .thread(0, .draft(content: 1)),
                .thread(0, .read), .thread(0, .mergedInto(Cast.threads[1])), .thread(0, .contentKey(tag: 1, content: 2)))
            offices.act(
                at: office, by: maria, .patient(Cast.maria, .details(PatientDetails(name: "María", office: Cast.towson))),
                .patient(Cast.maria, .consent(Consent(ConsentScope(.sms, .care), isGranted: true))),
                .patient(Cast.maria, .linked(Cast.mariaTwin)))
        }
        offices.heal()
        offices.act(at: 0, by: Cast.bo, .answeredTwiceAcknowledged)
        offices.patientWrites(at: 1)
        offices.act(at: 0, by: Cast.bo, .resolve)
        offices.act(at: 1, by: .automation("ladder"), .thread(0, .escalated(level: 3)))
        offices.act(at: 1, by: Cast.bo, .holdPlaced(LegalHold(token: "2026-17", reason: "letter", review: 14)))
        offices.act(at: 0, by: Cast.dana, .purged(PurgeOrder(reason: "retention ended", retentionClass: "adult-7y")))
        offices.act(at: 0, by: Cast.dana, .purgeNoted(.destroyed, of: offices.lastDot(at: 0)))
        let part = ThreadSplit.Part(MessageID(high: 9, low: 1), in: offices.lastDot(at: 1))
        offices.act(at: 0, by: Cast.dana, .split(ThreadSplit([part], into: Cast.threads[1])))
        offices.act(at: 0, by: Cast.dana, .shared(Cast.bo, until: 1_700_086_400_000))
        offices.heal()
        var document = DocumentState<CategoryProfile>()
        let profile = CategoryProfile(
            key: "post", name: "Post-op", urgency: .urgent, needsReview: true, responseMinutes: 30,
            destinations: [.init(office: Cast.towson, queue: Cast.clinical)])
        let set = ChangeSet(stamp: Stamp(Dot(ReplicaID(1), 1), .zero), actor: .system, office: nil, changes: [])
        document.apply(profile, context: VersionVector(), of: set)
        let staff = StaffProfile(
            key: "dana", name: "Dana", role: .surgeon, offices: [Cast.towson], languages: ["en", "es"])
        let queue = QueueProfile(
            key: "fd", name: "Front desk", office: Cast.towson, members: Cast.staff, primary: Cast.dana, backup: Cast.bo)
        return [
            Sample("thread", offices.thread()), Sample("patient", offices.patient()), Sample("category", document),
            Sample("staff", staff), Sample("queue", queue),
        ]
    }()

    @Test("The sample thread has something in every field")
    func sampleIsFull() throws {
        let thread = try ThreadState(canonicalBytes: Self.samples[0].bytes)
        let empty = Mirror(reflecting: thread).children.filter { field in
            switch field.value {
            case let list as any Collection: list.isEmpty
            case let vector as VersionVector: vector.isEmpty
            case let stamp as Stamp?: stamp == nil
            case let count as UInt64: count == 0
            default: Mirror(reflecting: field.value).children.contains { ($0.value as? any Collection)?.isEmpty == true }
            }
        }
        #expect(empty.compactMap(\.label) == [])
    }

    @Test("A whole state comes back", arguments: samples)
    func whole(sample: Sample) throws {
        #expect(try sample.decodeAndEncode(sample.bytes) == sample.bytes)
    }

    @Test("Every truncation and every byte too many throws", arguments: samples)
    func truncated(sample: Sample) {
        for count in 0..<sample.bytes.count {
            #expect(throws: ByteReader.Failure.self, "\(count) of \(sample.bytes.count) bytes") {
                try sample.decodeAndEncode(Array(sample.bytes.prefix(count)))
            }
        }
        #expect(throws: ByteReader.Failure.self) { try sample.decodeAndEncode(sample.bytes + [0]) }
    }

    @Test("A flipped byte throws or decodes to another whole value, never to the same one", arguments: samples)
    func flipped(sample: Sample) {
        var thrown = 0
        for place in sample.bytes.indices {
            for mask: UInt8 in [0x01, 0x80, 0xFF] {
                var bytes = sample.bytes
                bytes[place] ^= mask
                do {
                    let other = try sample.decodeAndEncode(bytes)
                    #expect(other != sample.bytes, "byte \(place) with \(mask) makes no difference")
                    #expect(throws: Never.self, "byte \(place) with \(mask)") { try sample.decodeAndEncode(other) }
                } catch {
                    thrown += 1
                    #expect(error is ByteReader.Failure)
                }
            }
        }
        #expect(thrown > 0)
    }

    @Test("Random bytes throw", arguments: UInt64(0)..<200)
    func noise(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        for sample in Self.samples {
            #expect(throws: ByteReader.Failure.self, "seed \(seed), \(sample.testDescription)") {
                try sample.decodeAndEncode(bytes)
            }
        }
    }
}
