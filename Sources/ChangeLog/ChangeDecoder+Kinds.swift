import Causality
import InboxModel

// One function a kind; each takes a reader over the kind's own message. Nil is "a value that a newer version wrote".
extension ChangeDecoder {
    static func opening(_ source: ByteReader) throws(ByteReader.Failure) -> ThreadChange? {
        var reader = source
        var patient: PatientID?
        var office: OfficeID?
        var category: CategoryID?
        var urgency: UrgencyClass? = .routine
        var queue: QueueID?
        var language = ""
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: patient = try reader.identifier(tag)
            case 2: office = try reader.identifier(tag)
            case 3: category = try reader.identifier(tag)
            case 4: urgency = try known(UrgencyClass.self, try reader.number(tag))
            case 5: queue = try reader.identifier(tag)
            case 6: language = try reader.label(tag)
            default: try reader.skip(tag)
            }
        }
        guard let patient, let office, let category, let urgency, let queue else { return nil }
        return .opened(
            ThreadOpening(
                patient: patient, office: office, category: category, urgency: urgency, queue: queue, language: language))
    }

    static func message(_ source: ByteReader) throws(ByteReader.Failure) -> ThreadChange? {
        var reader = source
        var id: MessageID?
        var direction: Direction? = .inbound
        var channel: Channel? = .portal
        var content: UInt16 = 0
        var key: UInt64 = 0
        var answers: [Dot] = []
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: id = try reader.identifier(tag)
            case 2: direction = try known(Direction.self, try reader.number(tag))
            case 3: channel = try known(Channel.self, try reader.number(tag))
            case 4: content = try reader.index(tag)
            case 5: key = try reader.number(tag)
            case 6:
                var inner = ByteReader(try reader.delimited(tag))
                answers = try inner.packedDots()
            default: try reader.skip(tag)
            }
        }
        guard let id, let direction, let channel, let key = UInt32(exactly: key) else { return nil }
        return .message(
            MessagePosting(
                id: id, direction: direction, channel: channel, content: content, key: key, answers: answers))
    }

    static func note(_ source: ByteReader) throws(ByteReader.Failure) -> ThreadChange? {
        var reader = source
        var id: MessageID?
        var content: UInt16 = 0
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: id = try reader.identifier(tag)
            case 2: content = try reader.index(tag)
            default: try reader.skip(tag)
            }
        }
        return id.map { .note($0, content: content) }
    }

    static func correction(_ source: ByteReader) throws(ByteReader.Failure) -> ThreadChange? {
        var reader = source
        var id: MessageID?
        var content: UInt16?
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: id = try reader.identifier(tag)
            case 2: content = try reader.index(tag)
            default: try reader.skip(tag)
            }
        }
        return id.map { .correction(of: $0, content: content) }
    }

    static func ownership(_ source: ByteReader) throws(ByteReader.Failure) -> ThreadChange? {
        var reader = source
        var act: OwnershipAct? = .routed
        var from: Owner?
        var to: Owner?
        var note: UInt16?
        var reason = ""
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: act = try known(OwnershipAct.self, try reader.number(tag))
            case 2:
                var inner = ByteReader(try reader.delimited(tag))
                from = try inner.owner()
            case 3:
                var inner = ByteReader(try reader.delimited(tag))
                to = try inner.owner()
            case 4: note = try reader.index(tag)
            case 5: reason = try reader.label(tag)
            default: try reader.skip(tag)
            }
        }
        guard let act, let to else { return nil }
        return .ownership(OwnershipChange(act: act, from: from, to: to, note: note, reason: reason))
    }

    static func resolved(_ source: ByteReader) throws(ByteReader.Failure) -> ThreadChange? {
        var reader = source
        var outcome = ""
        var told: PatientTold? = .told
        var note: UInt16?
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: outcome = try reader.label(tag)
            case 2: told = try known(PatientTold.self, try reader.number(tag))
            case 3: note = try reader.index(tag)
            default: try reader.skip(tag)
            }
        }
        return told.map { .resolved(Resolution(outcome: outcome, told: $0, note: note)) }
    }

    static func optionalContent(_ source: ByteReader) throws(ByteReader.Failure) -> UInt16? {
        var reader = source
        var content: UInt16?
        while let tag = try reader.nextField() {
            if tag.number == 1 { content = try reader.index(tag) } else { try reader.skip(tag) }
        }
        return content
    }

    static func category(_ source: ByteReader) throws(ByteReader.Failure) -> ThreadChange? {
        var reader = source
        var category: CategoryID?
        var urgency: UrgencyClass? = .routine
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: category = try reader.identifier(tag)
            case 2: urgency = try known(UrgencyClass.self, try reader.number(tag))
            default: try reader.skip(tag)
            }
        }
        guard let category, let urgency else { return nil }
        return .category(category, urgency)
    }

    static func contentKey(_ source: ByteReader) throws(ByteReader.Failure) -> ThreadChange? {
        var reader = source
        var keyTag: UInt64 = 0
        var content: UInt16 = 0
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: keyTag = try reader.number(tag)
            case 2: content = try reader.index(tag)
            default: try reader.skip(tag)
            }
        }
        return UInt32(exactly: keyTag).map { .contentKey(tag: $0, content: content) }
    }

    static func details(_ source: ByteReader) throws(ByteReader.Failure) -> PatientChange? {
        var reader = source
        var texts = ["", "", "", "", ""]
        var channel: Channel? = .portal
        var office: OfficeID?
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1...5: texts[Int(tag.number) - 1] = try reader.label(tag)
            case 6: channel = try known(Channel.self, try reader.number(tag))
            case 7: office = try reader.identifier(tag)
            default: try reader.skip(tag)
            }
        }
        return channel.map {
            .details(
                PatientDetails(
                    name: texts[0], born: texts[1], phone: texts[2], email: texts[3], language: texts[4], channel: $0,
                    office: office))
        }
    }

    static func consent(_ source: ByteReader) throws(ByteReader.Failure) -> PatientChange? {
        var reader = source
        var channel: Channel? = .portal
        var purpose: ConsentPurpose? = .care
        var isGranted = false
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: channel = try known(Channel.self, try reader.number(tag))
            case 2: purpose = try known(ConsentPurpose.self, try reader.number(tag))
            case 3: isGranted = try reader.number(tag) != 0
            default: try reader.skip(tag)
            }
        }
        guard let channel, let purpose else { return nil }
        return .consent(Consent(ConsentScope(channel, purpose), isGranted: isGranted))
    }

    static func office(_ source: ByteReader) throws(ByteReader.Failure) -> OfficeProfile {
        var reader = source
        var texts = ["", "", ""]
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1...3: texts[Int(tag.number) - 1] = try reader.label(tag)
            default: try reader.skip(tag)
            }
        }
        return OfficeProfile(key: texts[0], name: texts[1], timeZone: texts[2])
    }

    static func staff(_ source: ByteReader) throws(ByteReader.Failure) -> StaffProfile? {
        var reader = source
        var key = ""
        var name = ""
        var role: Role? = .frontDesk
        var offices: [OfficeID] = []
        var languages: [String] = []
        var isActive = false
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: key = try reader.label(tag)
            case 2: name = try reader.label(tag)
            case 3: role = try known(Role.self, try reader.number(tag))
            case 4: offices.append(try reader.identifier(tag))
            case 5: languages.append(try reader.label(tag))
            case 6: isActive = try reader.number(tag) != 0
            default: try reader.skip(tag)
            }
        }
        return role.map {
            StaffProfile(
                key: key, name: name, role: $0, offices: offices, languages: languages, isActive: isActive)
        }
    }

    static func queue(_ source: ByteReader) throws(ByteReader.Failure) -> QueueProfile {
        var reader = source
        var key = ""
        var name = ""
        var office: OfficeID?
        var members: [StaffID] = []
        var primary: StaffID?
        var backup: StaffID?
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: key = try reader.label(tag)
            case 2: name = try reader.label(tag)
            case 3: office = try reader.identifier(tag)
            case 4: members.append(try reader.identifier(tag))
            case 5: primary = try reader.identifier(tag)
            case 6: backup = try reader.identifier(tag)
            default: try reader.skip(tag)
            }
        }
        return QueueProfile(
            key: key, name: name, office: office, members: members, primary: primary, backup: backup)
    }

    static func category(profile source: ByteReader) throws(ByteReader.Failure) -> CategoryProfile? {
        var reader = source
        var key = ""
        var name = ""
        var urgency: UrgencyClass? = .routine
        var needsReview = false
        var minutes: UInt64 = 0
        var destinations: [CategoryProfile.Destination] = []
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: key = try reader.label(tag)
            case 2: name = try reader.label(tag)
            case 3: urgency = try known(UrgencyClass.self, try reader.number(tag))
            case 4: needsReview = try reader.number(tag) != 0
            case 5: minutes = try reader.number(tag)
            case 6: if let value = try destination(ByteReader(try reader.delimited(tag))) { destinations.append(value) }
            default: try reader.skip(tag)
            }
        }
        return urgency.map {
            CategoryProfile(
                key: key, name: name, urgency: $0, needsReview: needsReview, responseMinutes: UInt32(clamping: minutes),
                destinations: destinations)
        }
    }

    private static func destination(
        _ source: ByteReader
    ) throws(ByteReader.Failure) -> CategoryProfile.Destination? {
        var reader = source
        var office: OfficeID?
        var queue: QueueID?
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: office = try reader.identifier(tag)
            case 2: queue = try reader.identifier(tag)
            default: try reader.skip(tag)
            }
        }
        guard let office, let queue else { return nil }
        return CategoryProfile.Destination(office: office, queue: queue)
    }
}
