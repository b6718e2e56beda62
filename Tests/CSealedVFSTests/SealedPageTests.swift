import CSealedVFS
import Testing

@Suite struct SealedPageTests {
    let key = [UInt8](0..<32)
    let nonce = [UInt8](100..<124)

    /// A page of the size whose every byte differs from its neighbours.
    func plainPage(_ size: Int) -> [UInt8] { (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }

    func sealedPage(_ size: Int = 4096, number: UInt64 = 7) -> [UInt8] {
        var page = plainPage(size)
        #expect(suture_page_seal(&page, size, number, key, nonce) == 0)
        return page
    }

    @Test(
        "A page of any allowed size opens to what was sealed",
        arguments: [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536])
    func roundTrip(size: Int) {
        var page = sealedPage(size)
        let plain = plainPage(size)
        let usable = size - 40
        // Every run of sixteen bytes is changed, so no block was left in the clear.
        #expect(stride(from: 0, to: usable - 16, by: 16).allSatisfy { page[$0..<$0 + 16] != plain[$0..<$0 + 16] })
        #expect(Array(page[usable..<usable + 24]) == nonce)
        let tail = Array(page[usable...])
        #expect(suture_page_open(&page, size, 7, key) == 0)
        #expect(page[..<usable] == plain[..<usable])
        #expect(Array(page[usable...]) == tail)
    }

    @Test("A flipped bit in any byte of the page is noticed and the page stays as it was")
    func flippedBit() {
        let sealed = sealedPage(512)
        for position in sealed.indices {
            var page = sealed
            page[position] ^= 1 << (position % 8)
            let altered = page
            #expect(suture_page_open(&page, 512, 7, key) == SUTURE_PAGE_NOT_AUTHENTIC, "byte \(position)")
            #expect(page == altered, "byte \(position)")
        }
    }

    @Test("A page put in another place does not open", arguments: [1, 6, 8, 7 << 8, 7 << 56] as [UInt64])
    func wrongNumber(number: UInt64) {
        var page = sealedPage()
        let sealed = page
        #expect(suture_page_open(&page, 4096, number, key) == SUTURE_PAGE_NOT_AUTHENTIC)
        #expect(page == sealed)
    }

    @Test("The largest page number is told from its neighbour")
    func largestNumber() {
        var page = sealedPage(number: .max)
        #expect(suture_page_open(&page, 4096, .max - 1, key) == SUTURE_PAGE_NOT_AUTHENTIC)
        #expect(suture_page_open(&page, 4096, .max, key) == SUTURE_PAGE_OK)
    }

    @Test("Another key opens nothing")
    func wrongKey() {
        var page = sealedPage()
        let sealed = page
        var other = key
        other[31] ^= 1
        #expect(suture_page_open(&page, 4096, 7, other) == SUTURE_PAGE_NOT_AUTHENTIC)
        #expect(page == sealed)
    }

    @Test("A page that was never sealed does not open", arguments: [0, 7, 255] as [UInt8])
    func neverSealed(filler: UInt8) {
        var page = [UInt8](repeating: filler, count: 512)
        #expect(suture_page_open(&page, 512, 7, key) == SUTURE_PAGE_NOT_AUTHENTIC)
    }

    @Test(
        "Sizes that SQLite does not use are refused and nothing is touched",
        arguments: [0, 1, 40, 256, 511, 513, 1000, 65535])
    func badSize(size: Int) {
        var page = plainPage(65536)
        #expect(suture_page_seal(&page, size, 7, key, nonce) == SUTURE_PAGE_BAD_SIZE)
        #expect(suture_page_open(&page, size, 7, key) == SUTURE_PAGE_BAD_SIZE)
        #expect(page == plainPage(65536))
    }

    @Test("A page past the largest size is refused and nothing is touched")
    func tooLarge() {
        var page = plainPage(131_072)
        #expect(suture_page_seal(&page, 131_072, 7, key, nonce) == SUTURE_PAGE_BAD_SIZE)
        #expect(suture_page_open(&page, 131_072, 7, key) == SUTURE_PAGE_BAD_SIZE)
        #expect(page == plainPage(131_072))
    }

    @Test("Page number 0 and null pointers are refused and nothing is touched")
    func badArguments() {
        var page = plainPage(512)
        #expect(suture_page_seal(&page, 512, 0, key, nonce) == SUTURE_PAGE_BAD_ARGUMENT)
        #expect(suture_page_open(&page, 512, 0, key) == SUTURE_PAGE_BAD_ARGUMENT)
        #expect(suture_page_seal(nil, 512, 7, key, nonce) == SUTURE_PAGE_BAD_ARGUMENT)
        #expect(suture_page_seal(&page, 512, 7, nil, nonce) == SUTURE_PAGE_BAD_ARGUMENT)
        #expect(suture_page_seal(&page, 512, 7, key, nil) == SUTURE_PAGE_BAD_ARGUMENT)
        #expect(suture_page_open(nil, 512, 7, key) == SUTURE_PAGE_BAD_ARGUMENT)
        #expect(suture_page_open(&page, 512, 7, nil) == SUTURE_PAGE_BAD_ARGUMENT)
        #expect(page == plainPage(512))
    }

    @Test("Another nonce gives other sealed bytes for the same page")
    func nonceMatters() {
        let first = sealedPage()
        var second = plainPage(4096)
        #expect(suture_page_seal(&second, 4096, 7, key, nonce.map { $0 ^ 1 }) == 0)
        #expect(first[..<4056] != second[..<4056])
        #expect(first[4080...] != second[4080...])
    }
}
