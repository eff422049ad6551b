/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes as an image: the first byte chooses the type that the part claims, the rest is sent in base64 and
 * read by ImageInfo and AntiVirus. An image that has an area is found by size and by name, and counts.
 */
#include "checks/harness.h"

#include "core/encode.h"
#include "core/must.h"
#include "core/strbuf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char config[] =
    "body COVERED eval:pixel_coverage('all','1')\n"
    "body SIZED eval:image_size_range('all','1','1')\n"
    "body SIZED_TO_TOP eval:image_size_range('all','1','1','4294967295','4294967295')\n"
    "body NAMED eval:image_named('a.gif')\nbody NAMED_LIKE eval:image_name_regex('^a')\n"
    "body COUNTED eval:image_count('all','1')\nbody NOT_COUNTED eval:image_count('all','0','0')\n"
    "body GIFS eval:image_count('gif','1')\nbody PNGS eval:image_count('png','1')\n"
    "body JPEGS eval:image_count('jpeg','1')\nbody EXACT eval:image_size_exact('all','52','468')\n"
    "body RATIO eval:image_to_text_ratio('all','0.000','0.015')\n"
    "rawbody RAW_RATIO eval:image_to_text_ratio('png','0','1')\n"
    "body NO_KIND eval:image_size_exact('tiff','1','1')\n"
    "body NO_KIND2 eval:image_size_range('tiff','1','1')\n"
    "body NO_KIND3 eval:image_to_text_ratio('tiff','1','1')\n"
    "body EXECUTABLE eval:check_microsoft_executable()\n";

static bool hits(struct harness *h, const char *name)
{
	return harness_run(h, harness_find(h, str_of(name))) > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = { "gif", "png", "jpeg", "jpg", "tiff" };
	static struct harness h; /* built once */
	static bool ready;
	struct strbuf raw;
	bool is_image;

	if (!ready) {
		harness_init(&h);
		harness_config(&h, str_of(config));
		harness_ready(&h);
		must(!h.errors.n);
		ready = true;
	}
	if (size < 1 || size > 32 << 10)
		return 0;
	is_image = data[0] % ELEMENTS(types) < 4;
	strbuf_init(&raw, 0);
	strbuf_printf(&raw,
		      "Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\n"
		      "Content-Type: image/%s%s\nContent-Transfer-Encoding: base64\n\n",
		      types[data[0] % ELEMENTS(types)], data[0] & 128 ? "" : "; name=a.gif");
	encode_base64(&raw, str_make((const char *)data + 1, size - 1));
	strbuf_add_c(&raw, "\n--b--\n");
	harness_message(&h, strbuf_str(&raw), 0);
	must(hits(&h, "COVERED") == hits(&h, "SIZED"));
	must(hits(&h, "SIZED") == hits(&h, "SIZED_TO_TOP"));
	must(hits(&h, "NAMED") == hits(&h, "NAMED_LIKE"));
	must(hits(&h, "NAMED") == (hits(&h, "SIZED") && !(data[0] & 128)));
	must(hits(&h, "COUNTED") == is_image && hits(&h, "NOT_COUNTED") != is_image);
	must(hits(&h, "GIFS") + hits(&h, "PNGS") + hits(&h, "JPEGS") == is_image);
	must(!hits(&h, "EXACT") || hits(&h, "SIZED"));
	must(!hits(&h, "RATIO") || hits(&h, "COVERED"));
	must(!hits(&h, "RAW_RATIO") || hits(&h, "COVERED"));
	must(!hits(&h, "NO_KIND") && !hits(&h, "NO_KIND2") && !hits(&h, "NO_KIND3"));
	hits(&h, "EXECUTABLE");
	strbuf_done(&raw);
	return 0;
}
