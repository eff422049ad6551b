/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes as a PDF part, sent in base64 and read by PDFInfo. A size that is found must be found again
 * by the wider tests.
 */
#include "checks/harness.h"

#include "core/encode.h"
#include "core/must.h"
#include "core/strbuf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char config[] =
    "body COUNTED eval:pdf_count('1')\nbody IMAGES eval:pdf_image_count('1')\n"
    "body SIZED eval:pdf_image_size_range('1','1')\n"
    "body SIZED_TO eval:pdf_image_size_range('1','1','2000','2000')\n"
    "body EXACT eval:pdf_image_size_exact('60','468')\n"
    "body COVERED eval:pdf_pixel_coverage('1')\nbody RATIO eval:pdf_image_to_text_ratio('0','9')\n"
    "rawbody RAW_RATIO eval:pdf_image_to_text_ratio('0','1')\n"
    "body NAMED eval:pdf_named('a.pdf')\nbody NAMED_LIKE eval:pdf_name_regex('/^a\\.pdf$/')\n"
    "body AUTHOR eval:pdf_match_details('author','/a/')\n"
    "body TITLE eval:pdf_match_details('title','/a/')\n"
    "body CREATOR eval:pdf_match_details('creator','/./')\n"
    "body PRODUCER eval:pdf_match_details('producer','/./')\n"
    "body CREATED eval:pdf_match_details('created','/D:/')\n"
    "body MODIFIED eval:pdf_match_details('modified','/D:/')\n"
    "body NO_DETAIL eval:pdf_match_details('colour','/./')\n"
    "body ENCRYPTED eval:pdf_is_encrypted()\nbody EMPTY eval:pdf_is_empty_body('9')\n"
    "body MD5 eval:pdf_match_md5('d41d8cd98f00b204e9800998ecf8427e')\n"
    "body FUZZY eval:pdf_match_fuzzy_md5('d41d8cd98f00b204e9800998ecf8427e')\n";

static bool hits(struct harness *h, const char *name)
{
	return harness_run(h, harness_find(h, str_of(name))) > 0;
}

static void check(struct harness *h)
{
	static const char *const free[] = { "AUTHOR",    "TITLE", "CREATOR", "PRODUCER", "MODIFIED",
					    "ENCRYPTED", "FUZZY", "RATIO",   "RAW_RATIO" };
	must(hits(h, "COUNTED") && hits(h, "NAMED") == hits(h, "NAMED_LIKE"));
	must(hits(h, "NAMED") || !(hits(h, "SIZED") || hits(h, "MD5") || hits(h, "CREATED")));
	must(hits(h, "IMAGES") || !hits(h, "SIZED"));
	must(hits(h, "SIZED") || !hits(h, "SIZED_TO"));
	must(hits(h, "SIZED") || !hits(h, "EXACT"));
	must(hits(h, "SIZED") || !hits(h, "COVERED"));
	must(!hits(h, "NO_DETAIL") && hits(h, "EMPTY"));
	for (size_t i = 0; i < ELEMENTS(free); i++)
		hits(h, free[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
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
	strbuf_add_c(&raw, "Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\n"
			   "Content-Type: application/pdf; name=a.pdf\n"
			   "Content-Transfer-Encoding: base64\n\n");
	encode_base64(&raw, str_make((const char *)data, size));
	strbuf_add_c(&raw, "\n--b--\n");
	harness_message(&h, strbuf_str(&raw), 0);
	check(&h);
	strbuf_done(&raw);
	return 0;
}
