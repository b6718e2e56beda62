import Causality
import Vault

extension LogEntry {
    /// The numbers of the contents that are held: those that were neither destroyed nor let go. Throws `.malformed` where the bytes
    /// break the format.
    public func heldContents() throws(LogError) -> Set<UInt16> {
        var held: Set<UInt16> = []
        try forEachContent { number, form in
            if case .sealed = form { held.insert(number) }
        }
        return held
    }

    /// The sealed bytes of a content; nil where it was destroyed or let go, or there is none. Throws `.malformed` as above.
    public func heldContent(_ number: UInt16) throws(LogError) -> [UInt8]? {
        var found: [UInt8]?
        try forEachContent { place, form in
            if place == number, case .sealed(let bytes) = form { found = Array(bytes) }
        }
        return found
    }

    /// The change set with the contents `numbers` destroyed: only their digests are left, so that its hash and all signatures stay
    /// valid and peers can be served. Throws `.malformed` as above.
    public func destroying(_ numbers: Set<UInt16>) throws(LogError) -> LogEntry {
        var output = ByteWriter(capacity: contents.count)
        try forEachContent { number, form in
            output.message(3) {
                switch form {
                case .sealed(let bytes) where !numbers.contains(number): $0.data(1, Array(bytes))
                case .letGo where !numbers.contains(number): $0.data(ContentForm.letGoField, form.digest.bytes)
                case .sealed, .destroyed, .letGo: $0.data(2, form.digest.bytes)
                }
            }
        }
        return LogEntry(sequence: sequence, hash: hash, body: body, contents: output.bytes[...])
    }

    func forEachContent(_ body: (UInt16, ContentForm) -> Void) throws(LogError) {
        do throws(ByteReader.Failure) {
            try contents.withUnsafeBufferPointer { buffer throws(ByteReader.Failure) in
                var reader = ContentReader(UnsafeRawBufferPointer(buffer), isKept: true)
                var number: UInt16 = 0
                while let form = try reader.next() {
                    body(number, form)
                    number += 1
                }
            }
        } catch {
            throw LogError.malformed("the contents of change set \(sequence)", error)
        }
    }
}
