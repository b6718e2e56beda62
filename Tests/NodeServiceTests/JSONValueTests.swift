import Foundation
import NodeService
import Testing

@Suite("JSON values")
struct JSONValueTests {
    private let sample: JSONValue = [
        "b": [1, -2.5, true, nil], "a": "x\"\\/\n\r\t\u{1}\u{7F}\u{9B}\u{2028}é😀", "empty": [:], "none": [], "c": ["d": 1],
    ]

    @Test("one line has sorted members, no blanks and no control characters")
    func oneLine() {
        #expect(
            sample.oneLine
                == #"{"a":"x\"\\/\n\r\t\u0001\u007f\u009b\u2028é😀","b":[1,-2.5,true,null],"c":{"d":1},"empty":{},"none":[]}"#)
    }

    @Test("the pretty form is indented by two and ends without a line end")
    func pretty() {
        let value: JSONValue = ["b": [1, ["c": nil]], "a": [], "d": [:]]
        #expect(
            value.pretty == """
                {
                  "a": [],
                  "b": [
                    1,
                    {
                      "c": null
                    }
                  ],
                  "d": {}
                }
                """)
    }

    @Test("what is written is read back the same, in both forms")
    func roundTrip() throws {
        #expect(try JSONValue(text: sample.oneLine.utf8) == sample)
        #expect(try JSONValue(text: sample.pretty.utf8) == sample)
        #expect(try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(sample)) == sample)
    }

    @Test(
        "numbers keep their value",
        arguments: [
            ("0", JSONValue.int(0)), ("-9223372036854775808", .int(.min)), ("9223372036854775807", .int(.max)),
            ("9223372036854775808", .double(9_223_372_036_854_775_808)), ("0.1", .double(0.1)), ("1e-3", .double(0.001)),
            ("1.0", .double(1)), ("2E+2", .double(200)),
        ])
    func numbers(text: String, expected: JSONValue) throws {
        #expect(try JSONValue(text: text.utf8) == expected)
        #expect(try JSONValue(text: expected.oneLine.utf8) == expected)
    }

    @Test("0 and 1 are numbers, not truth values")
    func truth() throws {
        #expect(try JSONValue(text: "[0,1,true,false]".utf8) == [0, 1, true, false])
        #expect(try JSONValue(text: "1".utf8).bool == nil)
        #expect(try JSONValue(text: "true".utf8).int == nil)
    }

    @Test("what JSON has no word for is written as null", arguments: [Double.nan, .infinity, -.infinity])
    func notFinite(number: Double) throws {
        #expect(JSONValue.double(number).oneLine == "null")
        #expect(try String(decoding: JSONEncoder().encode([JSONValue.double(number)]), as: UTF8.self) == "[null]")
    }

    @Test("accessors give the value of their own kind alone")
    func accessors() {
        #expect(sample["a"]?.string?.first == "x")
        #expect(sample["b"]?[0]?.int == 1)
        #expect(sample["b"]?[0]?.double == 1)
        #expect(sample["b"]?[1]?.int == nil)
        #expect(sample["b"]?[2]?.bool == true)
        #expect(sample["b"]?[3]?.isNull == true)
        #expect(sample["b"]?[4] == nil)
        #expect(sample["b"]?[-1] == nil)
        #expect(sample["b"]?["a"] == nil)
        #expect(sample["z"] == nil)
        #expect(sample["c"]?.object == ["d": 1])
        #expect(sample["none"]?.array == [])
        #expect(sample["a"]?.array == nil)
    }

    @Test(
        "text that is no JSON is refused with the place, and without repeating it",
        arguments: [
            ("", "a value after 0"), ("{", "a name in quotes after 1"), ("secret", "a value after 0"), ("[1,]", "a value after 3"),
            ("[1 2]", "a comma or ] after 3"), ("[", "a value after 1"), ("{\"secret\":1}x", "the end after 12"),
            ("{\"secret\":1,}", "a name in quotes after 12"), ("{\"secret\" 1}", "a colon after 10"),
            ("{secret:1}", "a name in quotes after 1"), ("{\"a\":1,\"a\":2}", "each name once after 7"), ("'secret'", "a value after 0"),
            ("\"secret", "the end of a string after 7"), ("\"a\nb\"", "the end of a string after 2"), ("\"\\x\"", "an escape after 2"),
            ("\"\\u12g4\"", "four hexadecimal digits after 5"), ("\"\\ud800\"", "a whole character after 3"),
            ("\"\\udc00\"", "a whole character after 3"), ("\"\\ud800\\u0041\"", "a whole character after 3"),
            ("01", "the end after 1"), ("-", "a digit after 1"), ("1.", "a digit after 2"), (".5", "a value after 0"),
            ("+1", "a value after 0"), ("1e", "a digit after 2"), ("1e999", "a number of smaller magnitude after 0"),
            ("NaN", "a value after 0"), ("nul", "a value after 0"), ("true1", "the end after 4"), ("\u{FEFF}1", "a value after 0"),
        ])
    func wrong(text: String, expected: String) throws {
        let error = try #require(throws: NodeServiceError.self) { try JSONValue(text: text.utf8) }
        #expect(error.code == .controlProtocol)
        #expect(error.message == "it is not JSON: expected \(expected) bytes")
    }

    @Test("bytes that are not UTF-8 are refused, in strings and names")
    func notUTF8() {
        for bytes in [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] as [[UInt8]] {
            #expect(throws: NodeServiceError.self) { try JSONValue(text: bytes) }
            #expect(throws: NodeServiceError.self) { try JSONValue(text: [0x7B] + bytes + Array(":1}".utf8)) }
        }
    }

    @Test("escapes, blanks and pairs of surrogates are read")
    func escapes() throws {
        let text = " {\r\n\t\"\\u0061\" : [ \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00 é\" , { } , [ ] ] } "
        #expect(try JSONValue(text: text.utf8) == ["a": ["\"\\/\u{8}\u{C}\n\r\té😀 é", [:], []]])
    }

    @Test("whatever text is made of a valid one by changing a byte, reading it ends, and what is read can be written and read")
    func altered() throws {
        let original = Array(sample.oneLine.utf8)
        for index in original.indices {
            for byte: UInt8 in [0x00, 0x22, 0x2C, 0x30, 0x5B, 0x5C, 0x7D, 0xC3, 0xFF] {
                var text = original
                text[index] = byte
                guard let value = try? JSONValue(text: text) else { continue }
                #expect(try JSONValue(text: value.oneLine.utf8) == value)
            }
            #expect(throws: NodeServiceError.self) { try JSONValue(text: original[..<index]) }
        }
    }

    @Test("a response of null is an answer, and one without ok and error is none")
    func responses() throws {
        func decode(_ text: String) throws -> ControlResponse {
            try JSONDecoder().decode(ControlResponse.self, from: Data(text.utf8))
        }
        #expect(try decode(#"{"ok":null}"#) == .ok(nil))
        #expect(throws: DecodingError.self) { try decode("{}") }
        #expect(throws: DecodingError.self) { try decode(#"{"error":{"code":"x"}}"#) }
        let failure = ControlResponse.error(code: "a", message: "b")
        #expect(try JSONDecoder().decode(ControlResponse.self, from: JSONEncoder().encode(failure)) == failure)
        #expect(try JSONDecoder().decode(ControlResponse.self, from: JSONEncoder().encode(ControlResponse.ok([1]))) == .ok([1]))
    }
}
