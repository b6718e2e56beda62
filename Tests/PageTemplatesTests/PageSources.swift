import Foundation

/// The templates of the staff's pages, as they lie in the source tree.
enum PageSources {
    static let all: [(name: String, bytes: [UInt8])] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources/WebInbox/Pages")
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "mustache" }.sorted { $0.path < $1.path }.compactMap { file in
            // A file that cannot be read would be missed by the templates that take it in.
            (try? Data(contentsOf: file)).map { (file.deletingPathExtension().lastPathComponent, Array($0)) }
        }
    }()

    static let names = all.map(\.name)

    /// The names that a template and those that it takes in ask for.
    static func names(in template: String, seen: Set<String> = []) -> Set<String> {
        guard let source = all.first(where: { $0.name == template }), !seen.contains(template) else { return [] }
        let text = String(decoding: source.bytes, as: UTF8.self)
        var names: Set<String> = []
        for part in text.components(separatedBy: "{{").dropFirst() {
            guard let tag = part.components(separatedBy: "}}").first, let first = tag.first else { continue }
            switch first {
            case "!", "/", "$": continue
            case ">", "<":
                names.formUnion(Self.names(in: tag.dropFirst().trimmingCharacters(in: .whitespaces), seen: seen.union([template])))
            default:
                let name = tag.drop { "#^{&".contains($0) }
                for piece in name.split(separator: ".") { names.insert(String(piece)) }
            }
        }
        return names
    }
}
