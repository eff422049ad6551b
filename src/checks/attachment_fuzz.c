/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes as an attachment: the first byte chooses the type, the rest is sent in base64 and read by ImageInfo,
 * PDFInfo and AntiVirus. A size that is found must be found again by its exact test.
 */
#include "checks/harness.h"

#include "core/encode.h"
#include "core/must.h"
#include "core/strbuf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char config[] =
    "body A eval:pixel_coverage('all','1')\nbody B eval:image_size_range('all','1','1')\n"
    "body C eval:image_count('all','1')\nbody D eval:pdf_count('1')\n"
    "body E eval:pdf_image_count('1')\nbody F eval:pdf_image_size_range('1','1')\n"
    "body G eval:pdf_match_details('author','/a/')\nbody H eval:pdf_match_details('title','/a/')\n"
    "body I eval:pdf_is_encrypted()\nbody J eval:pdf_match_md5('0')\n"
    "body K eval:check_microsoft_executable()\n";

static bool hits(struct harness *h, const char *name)
{
	return harness_run(h, harness_find(h, str_of(name))) > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = { "image/gif", "image/png", "image/jpeg",
					     "application/pdf" };
	static struct harness h; /* built once */
	static bool ready;
	struct strbuf raw;

	if (!ready) {
		harness_init(&h);
		harness_config(&h, str_of(config));
		harness_ready(&h);
		must(!h.errors.n);
		ready = true;
	}
	if (size < 1 || size > 32 << 10)
		return 0;
	strbuf_init(&raw, 0);
	strbuf_printf(&raw, "Content-Type: %s; name=a.pdf\nContent-Transfer-Encoding: base64\n\n",
		      types[data[0] % 4]);
	encode_base64(&raw, str_make((const char *)data + 1, size - 1));
	strbuf_add_byte(&raw, '\n');
	harness_message(&h, strbuf_str(&raw), 0);
	must(hits(&h, "A") == hits(&h, "B"));
	must(hits(&h, "C") != hits(&h, "D"));
	must(hits(&h, "E") == hits(&h, "F"));
	hits(&h, "G");
	hits(&h, "H");
	hits(&h, "I");
	hits(&h, "J");
	hits(&h, "K");
	strbuf_done(&raw);
	return 0;
}
