import Foundation
import InboxModel

/// Writes and reads the rows of `patient`.
enum PatientRows {
    /// The stored state, or nil.
    static func load(_ id: PatientID, from source: some StatementSource) throws -> PatientState? {
        try source.firstRow("SELECT state FROM patient WHERE id = ?", bind: { $0.bindCopy(1, high: id.high, low: id.low) }) {
            try StoredState.decode(PatientState.self, $0.borrowedBlob(0), "patient", "\(id)")
        }
    }

    /// Writes a patient's row.
    static func write(_ state: PatientState, to source: some StatementSource) throws {
        let names = state.details.entries.map(\.value.name)
        try source.run(
            """
            INSERT INTO patient (id, name, folded, born, state) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (id) DO UPDATE SET name = ?2, folded = ?3, born = ?4, state = ?5
            """
        ) {
            $0.bindCopy(1, high: state.id.high, low: state.id.low)
            $0.bindCopy(2, state.shown?.name ?? "")
            $0.bindCopy(3, folded(names.joined(separator: "\n")))
            $0.bindCopy(4, state.shown?.born ?? "")
            $0.bindCopy(5, state.canonicalBytes)
        }
    }

    /// Deletes a patient's row, if there is one.
    static func remove(_ id: PatientID, from source: some StatementSource) throws {
        try source.run("DELETE FROM patient WHERE id = ?") { $0.bindCopy(1, high: id.high, low: id.low) }
    }

    /// `text` without case and accents, in the same way on every node.
    static func folded(_ text: String) -> String {
        text.folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
    }
}
