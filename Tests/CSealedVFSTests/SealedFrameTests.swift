import CSealedVFS
import Testing

@Suite struct SealedFrameTests {
    let key = [UInt8](0..<32)
    let nonce = [UInt8](100..<124)

    /// A frame of the log: SQLite's header and a page whose last 40 bytes are free.
    func plainFrame() -> [UInt8] { (0..<4120).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }

    func sealedFrame(number: UInt64 = 3) -> [UInt8] {
        var frame = plainFrame()
        #expect(suture_frame_seal(&frame, 4096, number, key, nonce) == SUTURE_PAGE_OK)
        return frame
    }

    @Test("A frame opens to what was sealed; only page number, size and salts stay readable")
    func roundTrip() {
        var frame = sealedFrame()
        let plain = plainFrame()
        #expect(frame[..<16] == plain[..<16])
        #expect(frame[16..<24] != plain[16..<24])
        #expect(stride(from: 24, to: 4064, by: 16).allSatisfy { frame[$0..<$0 + 16] != plain[$0..<$0 + 16] })
        #expect(suture_frame_open(&frame, 4096, 3, key) == SUTURE_PAGE_OK)
        #expect(frame[..<4080] == plain[..<4080])
    }

    @Test("A flipped bit in any byte, those in the clear included, is noticed and the frame stays as it was")
    func flippedBit() {
        let sealed = sealedFrame()
        for position in stride(from: 0, to: sealed.count, by: 7) {
            var frame = sealed
            frame[position] ^= 1 << (position % 8)
            let altered = frame
            #expect(suture_frame_open(&frame, 4096, 3, key) == SUTURE_PAGE_NOT_AUTHENTIC, "byte \(position)")
            #expect(frame == altered, "byte \(position)")
        }
    }

    @Test("A frame counts only in its own place in the log", arguments: [1, 2, 4, 3 << 8] as [UInt64])
    func moved(number: UInt64) {
        var frame = sealedFrame()
        #expect(suture_frame_open(&frame, 4096, number, key) == SUTURE_PAGE_NOT_AUTHENTIC)
    }

    @Test("A page of the log does not open as one of the main file, nor the other way round")
    func roles() {
        // The same key, nonce and number; the frame's page without its header, and a page behind a header.
        var page = Array(sealedFrame()[24...])
        #expect(suture_page_open(&page, 4096, 3, key) == SUTURE_PAGE_NOT_AUTHENTIC)
        var main = [UInt8](plainFrame()[24...])
        #expect(suture_page_seal(&main, 4096, 3, key, nonce) == SUTURE_PAGE_OK)
        var frame = plainFrame()[..<24] + main
        #expect(frame.withUnsafeMutableBufferPointer { suture_frame_open($0.baseAddress, 4096, 3, key) } == SUTURE_PAGE_NOT_AUTHENTIC)
    }

    @Test("Frame number 0, null pointers and odd sizes are refused and nothing is touched")
    func badArguments() {
        var frame = plainFrame()
        #expect(suture_frame_seal(&frame, 4096, 0, key, nonce) == SUTURE_PAGE_BAD_ARGUMENT)
        #expect(suture_frame_seal(&frame, 4096, 3, nil, nonce) == SUTURE_PAGE_BAD_ARGUMENT)
        #expect(suture_frame_seal(&frame, 4096, 3, key, nil) == SUTURE_PAGE_BAD_ARGUMENT)
        #expect(suture_frame_open(&frame, 4096, 0, key) == SUTURE_PAGE_BAD_ARGUMENT)
        #expect(suture_frame_open(nil, 4096, 3, key) == SUTURE_PAGE_BAD_ARGUMENT)
        #expect(suture_frame_seal(&frame, 4000, 3, key, nonce) == SUTURE_PAGE_BAD_SIZE)
        #expect(suture_frame_open(&frame, 0, 3, key) == SUTURE_PAGE_BAD_SIZE)
        #expect(frame == plainFrame())
    }
}
