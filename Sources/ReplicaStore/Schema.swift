import GRDB

/// The tables of a replica, and how older ones become this form.
enum Schema {
    /// Marks the file as a replica's database, in SQLite's header: "SUTU".
    static let applicationID: Int64 = 0x5355_5455
    /// The form of the tables that this program writes, in SQLite's header as `user_version`.
    static let version: Int64 = 2

    /// Brings a database of any older form to this one.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            for statement in log + inbox + search + local { try database.execute(sql: statement) }
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: "PRAGMA user_version = 1")
        }
        migrator.registerMigration("2") { database in
            // A search for a part of a name looks at every name: here at nothing else.
            try database.execute(sql: "CREATE INDEX patient_name ON patient (folded, id)")
            try database.execute(sql: sharing)
            try database.execute(sql: "PRAGMA user_version = 2")
        }
        return migrator
    }

    /// What was received, byte for byte. Everything in `inbox` and `search` follows from it.
    ///
    /// A change set's key is `replica.no << 40 | sequence`: eight bytes, and each replica's log is one range of the
    /// table that grows at its end. Replicas and epochs get small numbers because their names would repeat in every
    /// row.
    private static let log = [
        """
        CREATE TABLE replica (
            no INTEGER PRIMARY KEY,
            id INTEGER NOT NULL UNIQUE,   -- the 64 bits of the replica id
            received INTEGER NOT NULL,    -- the log is held up to here, without gaps
            hash BLOB NOT NULL,           -- of the change set at `received`
            merged INTEGER NOT NULL,      -- the inbox has it up to here
            indexed INTEGER NOT NULL      -- the full-text index has it up to here
        ) STRICT
        """,
        "CREATE TABLE epoch (no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE) STRICT",
        """
        CREATE TABLE log (
            id INTEGER PRIMARY KEY,
            hash BLOB NOT NULL,
            epoch INTEGER NOT NULL,       -- epoch.no
            body BLOB NOT NULL,           -- header and sealed changes
            contents BLOB NOT NULL        -- sealed contents
        ) STRICT
        """,
        // Kept where one was received: at the head of each run.
        "CREATE TABLE signature (id INTEGER PRIMARY KEY, signature BLOB NOT NULL) STRICT",
        // Roster changes of the change sets that carry any, readable without an epoch key.
        "CREATE TABLE roster (position INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE, bytes BLOB NOT NULL) STRICT",
        // Change sets that are held and not merged.
        "CREATE TABLE quarantine (id INTEGER PRIMARY KEY, reason TEXT NOT NULL, received_at INTEGER NOT NULL) STRICT",
    ]

    /// The state that merging needs and lists show. `state` holds the canonical bytes of the whole; the other columns
    /// repeat what lists filter and sort by. Messages' text is not here: it stays sealed in `log.contents` and is
    /// opened on reading.
    private static let inbox = [
        // Small numbers for the ids of offices, categories, queues and staff, so that index entries stay short.
        "CREATE TABLE entity (no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE) STRICT",
        """
        CREATE TABLE thread (
            no INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            patient BLOB,
            office INTEGER,               -- entity.no, as category and owner
            category INTEGER,
            owner INTEGER,
            owner_kind INTEGER NOT NULL,  -- 0 nobody, 1 queue, 2 staff
            status INTEGER NOT NULL,      -- ThreadStatus
            flags INTEGER NOT NULL,       -- ThreadFlags
            listed INTEGER NOT NULL,      -- 1 where it belongs to a daily list: open, or answered twice
            rank INTEGER NOT NULL,        -- 3 - Priority, so that the most urgent sorts first
            due INTEGER NOT NULL,         -- milliseconds since 1970; the largest number for never, so that it sorts last
            snoozed INTEGER NOT NULL,     -- hidden until, milliseconds since 1970; 0 for not
            activity INTEGER NOT NULL,    -- of the last activity: HybridTimestamp, shifted to sort as signed
            state BLOB NOT NULL
        ) STRICT
        """,
        // Patients' threads. Patients are random, so an index would dirty another page with each new thread, a
        // quarter of all pages of a catch-up. Instead threads are added thousands at a time; see `PatientThreads`.
        """
        CREATE TABLE thread_patient (
            patient BLOB NOT NULL,
            thread INTEGER NOT NULL,      -- thread.no
            PRIMARY KEY (patient, thread)
        ) STRICT, WITHOUT ROWID
        """,
        // One row: the last thread that was added to thread_patient.
        "CREATE TABLE thread_patient_end (thread INTEGER PRIMARY KEY) STRICT",
        // Daily lists and their counts are answered from this index alone, in the order of work. It holds listed
        // threads only, so that it stays small when years of resolved ones pile up.
        """
        CREATE INDEX thread_work
            ON thread (rank, due, activity, status, flags, owner_kind, owner, office, category, snoozed) WHERE listed = 1
        """,
        "CREATE INDEX thread_resolved ON thread (activity) WHERE status = 4",
        // Few threads are held or purged: the bits are those of ThreadFlags.
        "CREATE INDEX thread_held ON thread (activity) WHERE flags & 256 <> 0",
        "CREATE INDEX thread_purged ON thread (activity) WHERE flags & 512 <> 0",
        // One row for each thread that a change set touched: the thread's history, in order.
        """
        CREATE TABLE timeline (
            thread INTEGER NOT NULL,      -- thread.no
            time INTEGER NOT NULL,        -- HybridTimestamp, shifted to sort as signed
            replica INTEGER NOT NULL,     -- replica.no
            sequence INTEGER NOT NULL,
            kinds INTEGER NOT NULL,       -- TimelineKinds
            PRIMARY KEY (thread, time, replica, sequence)
        ) STRICT, WITHOUT ROWID
        """,
        // One row for each patient or document that a change set touched, so that one can be made anew without it.
        """
        CREATE TABLE record_step (
            entity BLOB NOT NULL,         -- the 16 bytes of its id
            replica INTEGER NOT NULL,     -- replica.no
            sequence INTEGER NOT NULL,
            PRIMARY KEY (entity, replica, sequence)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE patient (
            no INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            name TEXT NOT NULL,
            folded TEXT NOT NULL,         -- every live name without case and accents: what a search by name looks through
            born TEXT NOT NULL,
            state BLOB NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE document (
            kind INTEGER NOT NULL,        -- DocumentKind
            id BLOB NOT NULL,
            key TEXT NOT NULL COLLATE NOCASE,
            state BLOB NOT NULL,
            PRIMARY KEY (kind, id)
        ) STRICT
        """,
    ]

    /// Which threads are shared with whom from outside the practice, so that their lists read nothing else.
    private static let sharing = """
        CREATE TABLE thread_share (
            staff INTEGER NOT NULL,       -- entity.no
            thread INTEGER NOT NULL,      -- thread.no
            until INTEGER NOT NULL,       -- milliseconds since 1970
            PRIMARY KEY (staff, thread)
        ) STRICT, WITHOUT ROWID
        """

    /// Full text. The index keeps words and places but no text (`content=''`), and no lengths because hits are
    /// ordered by time.
    private static let search = [
        """
        CREATE VIRTUAL TABLE search
            USING fts5(text, content = '', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2')
        """,
        """
        CREATE TABLE search_item (
            no INTEGER PRIMARY KEY,       -- the row of `search`
            thread INTEGER NOT NULL,      -- thread.no
            time INTEGER NOT NULL,
            replica INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            item INTEGER NOT NULL         -- which content of the change set
        ) STRICT
        """,
    ]

    /// What belongs to this node alone and is never replicated.
    private static let local = ["CREATE TABLE setting (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID"]
}
