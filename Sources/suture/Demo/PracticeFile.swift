import Foundation
import InboxModel
import Yams

/// The sample practice as `Config/demo/practice.yaml` describes it.
struct PracticeFile: Decodable {
    struct Office: Decodable {
        let key: String
        let name: String
        let timeZone: String

        private enum CodingKeys: String, CodingKey {
            case key, name
            case timeZone = "time-zone"
        }
    }

    struct Person: Decodable {
        let key: String
        let name: String
        let role: String
        let offices: [String]
        let languages: [String]
    }

    struct Queue: Decodable {
        let key: String
        let name: String
        let office: String
        let members: [String]
        let backup: String
    }

    struct Category: Decodable {
        let key: String
        let name: String
        let urgency: String
        let clinical: Bool
        let queue: [String: String]
        let responseMinutes: UInt32

        private enum CodingKeys: String, CodingKey {
            case key, name, urgency, clinical, queue
            case responseMinutes = "response-minutes"
        }
    }

    struct Patient: Decodable {
        let key: String
        let name: String
        let born: String
        let phone: String
        let language: String
        let preferred: String
    }

    struct Message: Decodable {
        let from: String
        let channel: String
        let at: String
        let text: String
        let note: Bool?
    }

    struct Ending: Decodable {
        let outcome: String
        let told: String

        private enum CodingKeys: String, CodingKey {
            case outcome
            case told = "patient-told"
        }
    }

    struct Conversation: Decodable {
        let key: String
        let office: String
        let patient: String
        let category: String
        let subject: String
        let priority: String?
        let tags: [String]?
        let conversation: [Message]
        let owner: String?
        let resolve: Ending?
    }

    let group: String
    let offices: [Office]
    let staff: [Person]
    let queues: [Queue]
    let categories: [Category]
    let patients: [Patient]
    let threads: [Conversation]

    /// Reads the file at `path`. Throws a message naming the file and the place of the mistake.
    init(path: String) throws {
        guard let text = FileManager.default.contents(atPath: path).map({ String(decoding: $0, as: UTF8.self) }) else {
            throw DemoError("\(path) cannot be read: run from a checkout, or name the file with --practice")
        }
        do {
            self = try YAMLDecoder().decode(PracticeFile.self, from: text)
        } catch {
            throw DemoError("\(path) is not a practice file: \(error)")
        }
    }
}

/// Why the demonstration could not go on.
struct DemoError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Words of the practice file ⇄ the model's values.
enum PracticeWords {
    static func role(_ word: String) throws -> Role {
        let roles: [String: Role] = [
            "front-desk": .frontDesk, "billing": .billing, "assistant": .assistant, "surgeon": .surgeon,
            "on-call": .onCall, "administrator": .administrator,
        ]
        return try value(word, in: roles, "role")
    }

    static func urgency(_ word: String) throws -> UrgencyClass {
        try value(word, in: ["routine": .routine, "soon": .soon, "urgent": .urgent, "emergency": .emergency], "urgency")
    }

    static func channel(_ word: String) throws -> Channel {
        try value(word, in: ["portal": .portal, "sms": .sms, "email": .email, "phone": .phone, "desk": .desk], "channel")
    }

    static func priority(_ word: String) throws -> Priority {
        try value(word, in: ["low": .low, "normal": .normal, "high": .high, "urgent": .urgent], "priority")
    }

    static func told(_ word: String) throws -> PatientTold {
        let answers: [String: PatientTold] = [
            "told": .told, "told-otherwise": .toldOtherwise, "not-needed": .notNeeded, "not-reached": .notReached,
        ]
        return try value(word, in: answers, "patient-told")
    }

    /// The milliseconds before the start that an offset such as `-3d4h` or `-45m` says.
    static func offset(_ text: String) throws -> Int64 {
        guard text.hasPrefix("-") else { throw DemoError("\(text) is no time before the start, such as -3d4h") }
        var total: Int64 = 0
        var number: Int64 = 0
        for character in text.dropFirst() {
            if let digit = character.wholeNumberValue {
                number = number * 10 + Int64(digit)
                continue
            }
            let units: [Character: Int64] = ["d": 86_400_000, "h": 3_600_000, "m": 60_000]
            guard let unit = units[character] else { throw DemoError("\(text) is no time before the start, such as -3d4h") }
            total += number * unit
            number = 0
        }
        return total
    }

    private static func value<Value>(_ word: String, in values: [String: Value], _ name: String) throws -> Value {
        guard let value = values[word] else {
            throw DemoError("\(word) is no \(name): one of \(values.keys.sorted().joined(separator: ", "))")
        }
        return value
    }
}
