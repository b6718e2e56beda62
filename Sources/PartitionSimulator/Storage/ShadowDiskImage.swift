import CShadowVFS

/// All that a disk holds at one moment, to be brought back later or put on another disk.
public final class ShadowDiskImage {
    let image: OpaquePointer
    /// The database's name on the disk that it is of.
    let databaseName: String

    init(_ image: OpaquePointer, databaseName: String) {
        self.image = image
        self.databaseName = databaseName
    }

    deinit { shadow_image_release(image) }

    /// How many bytes its files have together.
    public var byteCount: Int64 { shadow_image_bytes(image) }
}
