import InboxModel

/// Which threads a patient has: the table `thread_patient` for most, the newest rows of `thread` for the rest.
///
/// Patients turn up in random order. Adding each new thread at once would rewrite one page of the index a thread;
/// adding thousands in the order of patients rewrites each page once for many. What is not added yet is a short range
/// of rows to look through.
struct PatientThreads {
    /// How many threads wait before they are added.
    static let sliceMax: Int64 = 4096

    /// True for the threads of a patient; the patient is bound twice.
    static let condition = """
        no IN (SELECT thread FROM thread_patient WHERE patient = ?
            UNION ALL SELECT no FROM thread WHERE no > (\(end)) AND patient = ?)
        """

    /// How many patients `ofSome` is about.
    static let someMax = 20

    /// Patient and thread, for some patients: each is bound once as parameter 1 to `someMax`, the last one as often as it takes. The range
    /// of rows is looked through once for all of them.
    static let ofSome: String = {
        let patients = (1...someMax).map { "?\($0)" }.joined(separator: ", ")
        return """
            SELECT patient, thread FROM thread_patient WHERE patient IN (\(patients))
            UNION ALL SELECT patient, no FROM thread WHERE no > (\(end)) AND patient IN (\(patients))
            """
    }()

    private static let end = "SELECT coalesce(max(thread), 0) FROM thread_patient_end"

    private var added: Int64

    init(loading source: some StatementSource) throws {
        added = try source.firstRow(Self.end) { $0.integer(0) } ?? 0
    }

    /// Adds what waits, where it is enough to be worth it. `last` is the last thread's number.
    mutating func add(upTo last: Int64, in source: some StatementSource) throws {
        guard last - added >= Self.sliceMax else { return }
        try source.run(
            """
            INSERT INTO thread_patient (patient, thread)
            SELECT patient, no FROM thread WHERE no > ?1 AND no <= ?2 AND patient IS NOT NULL ORDER BY patient, no
            """
        ) {
            $0.bind(1, added)
            $0.bind(2, last)
        }
        try source.run("DELETE FROM thread_patient_end")
        try source.run("INSERT INTO thread_patient_end (thread) VALUES (?)") { $0.bind(1, last) }
        added = last
    }

    /// Moves a thread from one patient to another: two openings of one thread, made apart by automation, named
    /// different ones.
    func move(_ thread: Int64, from old: PatientID?, to new: PatientID?, in source: some StatementSource) throws {
        guard thread <= added else { return }
        if let old {
            try source.run("DELETE FROM thread_patient WHERE patient = ? AND thread = ?") {
                $0.bindCopy(1, high: old.high, low: old.low)
                $0.bind(2, thread)
            }
        }
        if let new {
            try source.run("INSERT INTO thread_patient (patient, thread) VALUES (?, ?)") {
                $0.bindCopy(1, high: new.high, low: new.low)
                $0.bind(2, thread)
            }
        }
    }
}
