#include "services/crawler/core/content_decoding.h"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "common/text/ascii.h"

namespace gouji::crawler {

namespace {

constexpr std::size_t kChunk = 64 * 1024;
constexpr std::size_t kLayersMax = 2;

// Takes what was decoded so far against the limits; the encoded size is that of the whole body.
class Output {
 public:
  Output(const DecodingLimits& limits, std::size_t encoded) : limits_(limits), encoded_(static_cast<std::int64_t>(encoded)) {}

  Result<void> add(const char* data, std::size_t size) {
    const auto total = static_cast<std::int64_t>(text_.size() + size);
    if (total > limits_.bytes_max) {
      return invalid_input(ErrorCode::kTooLarge, "the body unpacks to more than " + std::to_string(limits_.bytes_max) + " bytes");
    }
    if (total > limits_.ratio_from && total > limits_.ratio_max * encoded_) {
      return invalid_input(ErrorCode::kTooLarge, "the body unpacks to more than " + std::to_string(limits_.ratio_max) + " times its size");
    }
    text_.append(data, size);
    return ok();
  }
  std::string take() { return std::move(text_); }

 private:
  const DecodingLimits& limits_;
  std::int64_t encoded_;
  std::string text_;
};

Error malformed(std::string_view encoding) {
  return invalid_input(ErrorCode::kMalformed, "the body is not the whole " + std::string(encoding) + " that its header announces");
}

// gzip and zlib by their own header (32), or deflate without one.
Result<std::string> inflate_all(std::string_view encoded, int window_bits, const DecodingLimits& limits, std::string_view name) {
  z_stream stream{};
  if (inflateInit2(&stream, window_bits) != Z_OK) return fatal(ErrorCode::kInternal, "zlib cannot be started");
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> ended(&stream, inflateEnd);
  // zlib's interface is not const; it does not write to its input.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(encoded.data()));
  stream.avail_in = static_cast<uInt>(encoded.size());
  Output output(limits, encoded.size());
  std::vector<char> chunk(kChunk);
  while (true) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = static_cast<uInt>(chunk.size());
    const int code = inflate(&stream, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END) return malformed(name);
    GOUJI_TRY(output.add(chunk.data(), chunk.size() - stream.avail_out));
    if (code == Z_STREAM_END) {
      // gzip may be several members, one after the other; what is no member is not read.
      const bool is_member = stream.avail_in > 2 && stream.next_in[0] == 0x1f && stream.next_in[1] == 0x8b;
      if (!is_member || inflateReset(&stream) != Z_OK) return output.take();
    } else if (stream.avail_in == 0 && stream.avail_out != 0) {
      return malformed(name);
    }
  }
}

// "deflate" means zlib's format, and many servers send the bare one.
Result<std::string> deflate_all(std::string_view encoded, const DecodingLimits& limits) {
  auto with_header = inflate_all(encoded, MAX_WBITS, limits, "deflate");
  if (with_header || with_header.error().code != ErrorCode::kMalformed) return with_header;
  return inflate_all(encoded, -MAX_WBITS, limits, "deflate");
}

Result<std::string> brotli_all(std::string_view encoded, const DecodingLimits& limits) {
  const std::unique_ptr<BrotliDecoderState, decltype(&BrotliDecoderDestroyInstance)> state(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr),
                                                                                            BrotliDecoderDestroyInstance);
  if (!state) return fatal(ErrorCode::kInternal, "brotli cannot be started");
  std::size_t in_left = encoded.size();
  const auto* in = reinterpret_cast<const std::uint8_t*>(encoded.data());
  Output output(limits, encoded.size());
  std::vector<std::uint8_t> chunk(kChunk);
  while (true) {
    std::size_t out_left = chunk.size();
    std::uint8_t* out = chunk.data();
    const auto code = BrotliDecoderDecompressStream(state.get(), &in_left, &in, &out_left, &out, nullptr);
    GOUJI_TRY(output.add(reinterpret_cast<const char*>(chunk.data()), chunk.size() - out_left));
    if (code == BROTLI_DECODER_RESULT_SUCCESS) return output.take();
    if (code != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) return malformed("br");
  }
}

Result<std::string> zstd_all(std::string_view encoded, const DecodingLimits& limits) {
  const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> state(ZSTD_createDStream(), ZSTD_freeDStream);
  // RFC 8878 asks decoders for 8 MiB at least; more is memory that a server would choose.
  if (!state || ZSTD_isError(ZSTD_DCtx_setParameter(state.get(), ZSTD_d_windowLogMax, 23)) != 0) return fatal(ErrorCode::kInternal, "zstd cannot be started");
  ZSTD_inBuffer in{encoded.data(), encoded.size(), 0};
  Output output(limits, encoded.size());
  std::vector<char> chunk(kChunk);
  while (true) {
    ZSTD_outBuffer out{chunk.data(), chunk.size(), 0};
    const std::size_t left = ZSTD_decompressStream(state.get(), &out, &in);
    if (ZSTD_isError(left) != 0) return malformed("zstd");
    GOUJI_TRY(output.add(chunk.data(), out.pos));
    if (left == 0 && in.pos == in.size) return output.take();
    if (in.pos == in.size && out.pos < out.size) return malformed("zstd");
  }
}

std::string lower_trimmed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' && c != '\t') out.push_back(ascii_lower(c));
  }
  return out;
}

Result<std::string> decode_layer(const std::string& name, std::string encoded, const DecodingLimits& limits) {
  if (name.empty() || name == "identity") return encoded;
  if (name == "gzip" || name == "x-gzip") return inflate_all(encoded, MAX_WBITS + 32, limits, name);
  if (name == "deflate") return deflate_all(encoded, limits);
  if (name == "br") return brotli_all(encoded, limits);
  if (name == "zstd") return zstd_all(encoded, limits);
  return invalid_input(ErrorCode::kMalformed, "the body has the encoding \"" + name.substr(0, 40) + "\", which nobody asked for");
}

}  // namespace

Result<std::string> decode_content(std::string_view encoding, std::string encoded, const DecodingLimits& limits) {
  std::vector<std::string> layers;
  for (std::string_view rest = encoding; !rest.empty();) {
    const auto comma = std::min(rest.find(','), rest.size());
    layers.push_back(lower_trimmed(rest.substr(0, comma)));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  if (layers.size() > kLayersMax) return invalid_input(ErrorCode::kMalformed, "the body has more than two encodings");
  // An empty body is what it is, whatever it is called.
  for (auto layer = layers.rbegin(); layer != layers.rend() && !encoded.empty(); ++layer) {
    GOUJI_ASSIGN(encoded, decode_layer(*layer, std::move(encoded), limits));
  }
  return encoded;
}

}  // namespace gouji::crawler
