import InboxModel
import OfficeNode
import ReplicaStore

/// A patient's details as a form shows and sends them.
struct PatientFields {
    let page: PageRequest

    init(_ page: PageRequest) { self.page = page }

    private static let languages = ["en", "es", "fr", "zh", "ar", "ru", "vi", "ko", "tl", "he", "am", "ur", "hi", "pt", "de"]

    /// What the form sent. Throws where it is none.
    var details: PatientDetails {
        get throws {
            let form = page.form
            let born = form["born"] ?? ""
            guard born.isEmpty || Self.isDate(born) else { throw PageFault.malformed("The birth date is no date: write it as 1987-05-04.") }
            let office = try form["office"].map { text throws(PageFault) in
                guard let id = OfficeID(hexadecimal: text) else { throw .malformed("There is no such office.") }
                return id
            }
            return PatientDetails(
                name: try form.required("name"), born: born, phone: form["phone"] ?? "", email: form["email"] ?? "",
                language: form["language"] ?? "en", channel: form["channel"].flatMap(ChannelWords.channel) ?? .portal, office: office)
        }
    }

    private static func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2, let month = Int(parts[1]),
            let day = Int(parts[2])
        else { return false }
        return Int(parts[0]) != nil && (1...12).contains(month) && (1...31).contains(day)
    }

    /// The fields with what is known.
    func model(_ details: PatientDetails?) -> [String: Any] {
        func option(_ value: String, _ name: String, _ isSelected: Bool) -> [String: Any] {
            ["value": value, "name": name, "isSelected": isSelected]
        }
        let language = details?.language ?? "en"
        let office = details?.office ?? (details == nil ? page.access.profile.offices.first : nil)
        return [
            "name": details?.name ?? "", "born": details?.born ?? "", "phone": details?.phone ?? "", "email": details?.email ?? "",
            "languages": (Self.languages.contains(language) ? Self.languages : [language] + Self.languages).map {
                option($0, LanguageWords.name(of: $0), $0 == language)
            },
            "channels": Channel.allCases.map {
                option(ChannelWords.value(of: $0), ChannelWords.way($0), $0 == details?.channel ?? .portal)
            },
            "offices": [option("", "No usual office", office == nil)]
                + page.directory.offices.map { option("\($0.id)", $0.profile?.name ?? "", $0.id == office) },
        ]
    }

    /// A row of the list of patients.
    static func row(_ state: PatientState, open: Int, _ page: PageRequest) -> [String: Any] {
        var row: [String: Any] = [
            "name": state.shown?.name ?? "", "url": "/patients/\(state.id)",
            "born": state.shown?.born.isEmpty == false ? state.shown?.born ?? "" : "unknown",
            "isConflicting": state.isConflicted, "isDuplicate": false, "open": false, "office": false, "language": false,
        ]
        if let office = state.shown?.office { row["office"] = page.directory.name(of: office) }
        if let language = state.shown?.language, language != "en" { row["language"] = LanguageWords.name(of: language) }
        if open > 0 { row["open"] = open == 1 ? "1 open thread" : "\(open)\(open == 20 ? " or more" : "") open threads" }
        return row
    }
}
