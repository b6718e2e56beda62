/// The sizes that the log format allows. A receiver refuses what goes beyond them.
public enum LogLimits {
    /// Sealed changes of one change set, in bytes.
    public static let changesBytesMax = 256 * 1024
    /// One content, sealed, in bytes.
    public static let contentBytesMax = 128 * 1024
    /// Contents of one change set.
    public static let contentsMax = 64
    /// Changes of one change set.
    public static let changesMax = 1024
    /// One change set as kept, with its contents, in bytes: it must fit into a run with the run's own fields.
    public static let changeSetBytesMax = runBytesMax - 1024
    /// Change sets of one run.
    public static let runEntriesMax = 4096
    /// One run, in bytes.
    public static let runBytesMax = 1024 * 1024
    /// What a run is filled up to when it is written, in bytes.
    public static let runBytesGoal = 256 * 1024
    /// One piece of text, in UTF-8 bytes: names, labels, reasons.
    public static let labelBytesMax = 1024
    /// One message, note or draft, in UTF-8 bytes.
    public static let textBytesMax = 64 * 1024
    /// A full clock is carried by every change set whose number is a multiple of this, and by the first.
    public static let fullClockInterval: UInt64 = 256
}
