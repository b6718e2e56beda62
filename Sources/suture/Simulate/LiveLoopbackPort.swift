import Glibc

/// Ports for processes that are killed and started again on the same one.
enum LiveLoopbackPort {
    /// A loopback port that nobody listens on now. It is none of those that the system gives to connections: between a
    /// node's death and its next start one of them could take its place.
    static func free(except taken: [UInt16]) throws -> UInt16 {
        for _ in 0..<200 {
            let port = UInt16.random(in: 15_000..<32_000)
            if !taken.contains(port) && isFree(port) { return port }
        }
        throw DemoError("no loopback port from 15000 to 31999 is free")
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
