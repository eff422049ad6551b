/* SPDX-License-Identifier: BSD-2-Clause */
/* Signs of macros in attachments. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

static const struct harness_row rows[] = {
	{ "an OLE file with code", "body T eval:check_olemacro()",
	  "Content-Type: application/octet-stream; name=\"a.doc\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "0M8R4KGxGuEAQXR0cmlidXQA\n",
	  1 },
	{ "one without", "body T eval:check_olemacro()",
	  "Content-Type: application/octet-stream; name=\"a.doc\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "0M8R4KGxGuE=\n",
	  0 },
	{ "capitals count", "body T eval:check_olemacro()",
	  "Content-Type: application/octet-stream; name=\"A.DOC\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "0M8R4KGxGuEAQXR0cmlidXQA\n",
	  0 },
	{ "another name", "body T eval:check_olemacro()",
	  "Content-Type: application/octet-stream; name=\"a.txt\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "0M8R4KGxGuEAQXR0cmlidXQA\n",
	  0 },
	{ "not encoded", "body T eval:check_olemacro()",
	  "Content-Type: application/octet-stream; name=\"a.rtf\"\nContent-Transfer-Encoding: "
	  "7bit\n\n"
	  "\\objdata\n",
	  0 },
	{ "RTF", "body T eval:check_olemacro()",
	  "Content-Type: application/octet-stream; name=\"a.rtf\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "XG9iamRhdGE=\n",
	  1 },
	{ "a name that says it", "body T eval:check_olemacro()",
	  "Content-Type: application/octet-stream; name=\"a.docm\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "eA==\n",
	  1 },
	{ "a name to be skipped", "body T eval:check_olemacro()",
	  "Content-Type: application/octet-stream; name=\"a.dotx\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "0M8R4KGxGuEAQXR0cmlidXQA\n",
	  0 },
	{ "own extensions", "olemacro_exts foo$\nbody T eval:check_olemacro()",
	  "Content-Type: application/octet-stream; name=\"a.foo\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "0M8R4KGxGuEAQXR0cmlidXQA\n",
	  1 },
	{ "a bad pattern is refused", "olemacro_exts (\nbody T eval:check_olemacro()",
	  "Content-Type: application/octet-stream; name=\"a.foo\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "0M8R4KGxGuEAQXR0cmlidXQA\n",
	  0 },
	{ "code that starts by itself", "body T eval:check_olemacro_malice()",
	  "Content-Type: application/octet-stream; name=\"a.doc\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "0M8R4KGxGuEAQXR0cmlidXQAQXV0b09wZW4=\n",
	  1 },
	{ "code that does not", "body T eval:check_olemacro_malice()",
	  "Content-Type: application/octet-stream; name=\"a.doc\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "0M8R4KGxGuEAQXR0cmlidXQAQXV0bw==\n",
	  0 },
	{ "renamed", "olemacro_extended_scan 1\nbody T eval:check_olemacro_renamed()",
	  "Content-Type: application/octet-stream; name=\"a.txt\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "0M8R4KGxGuEAQXR0cmlidXQA\n",
	  1 },
	{ "renamed, not looked for", "body T eval:check_olemacro_renamed()",
	  "Content-Type: application/octet-stream; name=\"a.txt\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "0M8R4KGxGuEAQXR0cmlidXQA\n",
	  0 },
	{ "not renamed", "olemacro_extended_scan 1\nbody T eval:check_olemacro_renamed()",
	  "Content-Type: application/octet-stream; name=\"a.txt\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "aGVsbG8=\n",
	  0 },
	{ "encrypted", "body T eval:check_olemacro_encrypted()",
	  "Content-Type: application/octet-stream; name=\"a.docx\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "0M8R4KGxGuFFAG4AYwByAHkAcAB0AGUAZABQAGEAYwBrAGEAZwBlAA==\n",
	  1 },
	{ "not encrypted", "body T eval:check_olemacro_encrypted()",
	  "Content-Type: application/octet-stream; name=\"a.docx\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "0M8R4KGxGuFFAG4AYwByAHkAcAB0AGUAZAA=\n",
	  0 },
	{ "a program is fetched", "body T eval:check_olemacro_download_exe()",
	  "Content-Type: application/octet-stream; name=\"a.doc\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "AGh0dHA6Ly93d3cuZXhhbXBsZS5jb20vYWFhYWFhYWFhL2IuZXhlAA==\n",
	  1 },
	{ "a page is fetched", "body T eval:check_olemacro_download_exe()",
	  "Content-Type: application/octet-stream; name=\"a.doc\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "AGh0dHA6Ly93d3cuZXhhbXBsZS5jb20vYWFhYWFhYWFhL2IuaHRtAA==\n",
	  0 },
	{ "a command in a table", "body T eval:check_olemacro_csv()",
	  "Content-Type: application/octet-stream; name=\"a.csv\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "PU1TRVhDRUx8YSFXaW5kb3dzXFN5c3RlbTMyXGNtZC5leGU=\n",
	  1 },
	{ "a table", "body T eval:check_olemacro_csv()",
	  "Content-Type: application/octet-stream; name=\"a.csv\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "MSwyLDM=\n",
	  0 },
	{ "code in a document of 2007", "body T eval:check_olemacro()",
	  "Content-Type: application/octet-stream; name=\"a.docx\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "UEsDBBQAAAAAAAAAIQCDFtyMAQAAAAEAAAATAAAAd29yZC92YmFQcm9qZWN0LmJpbnhQSwECFAMU\n"
	  "AAAAAAAAACEAgxbcjAEAAAABAAAAEwAAAAAAAAAAAAAAgAEAAAAAd29yZC92YmFQcm9qZWN0LmJp\n"
	  "blBLBQYAAAAAAQABAEEAAAAyAAAAAAA=\n",
	  1 },
	{ "none", "body T eval:check_olemacro()",
	  "Content-Type: application/octet-stream; name=\"a.docx\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "UEsDBBQAAAAIAAAAIQCDFtyMAwAAAAEAAAARAAAAd29yZC9kb2N1bWVudC54bWyrAABQSwECFAMU\n"
	  "AAAACAAAACEAgxbcjAMAAAABAAAAEQAAAAAAAAAAAAAAgAEAAAAAd29yZC9kb2N1bWVudC54bWxQ\n"
	  "SwUGAAAAAAEAAQA/AAAAMgAAAAAA\n",
	  0 },
	{ "types that name macros", "body T eval:check_olemacro()",
	  "Content-Type: application/octet-stream; name=\"a.docx\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "UEsDBBQAAAAIAAAAIQAgWRSzDgAAAAwAAAATAAAAW0NvbnRlbnRfVHlwZXNdLnhtbMtNTC7Kd81L\n"
	  "TMpJTQEAUEsBAhQDFAAAAAgAAAAhACBZFLMOAAAADAAAABMAAAAAAAAAAAAAAIABAAAAAFtDb250\n"
	  "ZW50X1R5cGVzXS54bWxQSwUGAAAAAAEAAQBBAAAAPwAAAAAA\n",
	  1 },
	{ "an embedded object", "body T eval:check_oleobject()",
	  "Content-Type: application/octet-stream; name=\"a.xlsx\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "UEsDBBQAAAAIAAAAIQCDFtyMAwAAAAEAAAAPAAAAeGwvZW1iZWRkaW5ncy9hqwAAUEsBAhQDFAAA\n"
	  "AAgAAAAhAIMW3IwDAAAAAQAAAA8AAAAAAAAAAAAAAIABAAAAAHhsL2VtYmVkZGluZ3MvYVBLBQYA\n"
	  "AAAAAQABAD0AAAAwAAAAAAA=\n",
	  1 },
	{ "none", "body T eval:check_oleobject()",
	  "Content-Type: application/octet-stream; name=\"a.xlsx\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "UEsDBBQAAAAIAAAAIQCDFtyMAwAAAAEAAAAEAAAAeGwvYasAAFBLAQIUAxQAAAAIAAAAIQCDFtyM\n"
	  "AwAAAAEAAAAEAAAAAAAAAAAAAACAAQAAAAB4bC9hUEsFBgAAAAABAAEAMgAAACUAAAAAAA==\n",
	  0 },
	{ "embedded RTF", "body T eval:check_olertfobject()",
	  "Content-Type: application/octet-stream; name=\"a.docx\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "UEsDBBQAAAAIAAAAIQCDFtyMAwAAAAEAAAAKAAAAd29yZC9hLnJ0ZqsAAFBLAQIUAxQAAAAIAAAA\n"
	  "IQCDFtyMAwAAAAEAAAAKAAAAAAAAAAAAAACAAQAAAAB3b3JkL2EucnRmUEsFBgAAAAABAAEAOAAA\n"
	  "ACsAAAAAAA==\n",
	  1 },
	{ "RTF elsewhere", "body T eval:check_olertfobject()",
	  "Content-Type: application/octet-stream; name=\"a.docx\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "UEsDBBQAAAAIAAAAIQCDFtyMAwAAAAEAAAALAAAAd29yZC9hLnJ0ZnirAABQSwECFAMUAAAACAAA\n"
	  "ACEAgxbcjAMAAAABAAAACwAAAAAAAAAAAAAAgAEAAAAAd29yZC9hLnJ0ZnhQSwUGAAAAAAEAAQA5\n"
	  "AAAALAAAAAAA\n",
	  0 },
	{ "a document in an archive", "body T eval:check_olemacro()",
	  "Content-Type: application/octet-stream; name=\"a.zip\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "UEsDBBQAAAAIAAAAIQAAcLMyFAAAABIAAAAFAAAAYi5kb2O7cF7wwcKNUg8ZHEtKijKTSksYAFBL\n"
	  "AQIUAxQAAAAIAAAAIQAAcLMyFAAAABIAAAAFAAAAAAAAAAAAAACAAQAAAABiLmRvY1BLBQYAAAAA\n"
	  "AQABADMAAAA3AAAAAAA=\n",
	  1 },
	{ "too deep", "body T eval:check_olemacro()",
	  "Content-Type: application/octet-stream; name=\"a.zip\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "UEsDBBQAAAAIAAAAIQAkB+CrjgAAALsAAAAFAAAAYi56aXAL8GZmEWFgYOAAYkWG5fyGDP5AVgMQ\n"
	  "swJxsl5VZgH3h7Q0wcSEhAcMSa5sbU1n3RTmCQhsZirsivOq+/SuaQc/O/9Xto/epyqqSyV9v32a\n"
	  "lsDxIS1FKPHYWkE2KQnJhGMsFZs3NVr0OGTwLDl7kIshwJuRSYQZt50w0MDIAHNBgDcrG4jDCITG\n"
	  "QLoIrAAAUEsBAhQDFAAAAAgAAAAhACQH4KuOAAAAuwAAAAUAAAAAAAAAAAAAAIABAAAAAGIuemlw\n"
	  "UEsFBgAAAAABAAEAMwAAALEAAAAAAA==\n",
	  0 },
	{ "a password", "body T eval:check_olemacro_zip_password()",
	  "Content-Type: application/octet-stream; name=\"a.zip\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "UEsDBBQAAQAIAAAAIQDrfDUsBQAAAA8AAAAFAAAAYi50eHSrqEABAFBLAQIUAxQAAQAIAAAAIQDr\n"
	  "fDUsBQAAAA8AAAAFAAAAAAAAAAAAAACAAQAAAABiLnR4dFBLBQYAAAAAAQABADMAAAAoAAAAAAA=\n",
	  1 },
	{ "no password", "body T eval:check_olemacro_zip_password()",
	  "Content-Type: application/octet-stream; name=\"a.zip\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "UEsDBBQAAAAIAAAAIQCDFtyMAwAAAAEAAAAFAAAAYi50eHSrAABQSwECFAMUAAAACAAAACEAgxbc\n"
	  "jAMAAAABAAAABQAAAAAAAAAAAAAAgAEAAAAAYi50eHRQSwUGAAAAAAEAAQAzAAAAJgAAAAAA\n",
	  0 },
	{ "a target outside", "body T eval:check_olemacro_redirect_uri()",
	  "Content-Type: application/octet-stream; name=\"a.docx\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "UEsDBBQAAAAIAAAAIQDoxRRcRQAAAEkAAAARAAAAd29yZC9fcmVscy94LnJlbHOzCUrNSSzJzM8r\n"
	  "zsgsUPBMsVUyVFIISSxKTy2xVcooKSmw0tdPrUjMLchJ1UvOz9WHSfrmp6TaKrlWlKQW5SXmKOnb\n"
	  "AQBQSwECFAMUAAAACAAAACEA6MUUXEUAAABJAAAAEQAAAAAAAAAAAAAAgAEAAAAAd29yZC9fcmVs\n"
	  "cy94LnJlbHNQSwUGAAAAAAEAAQA/AAAAdAAAAAAA\n",
	  1 },
	{ "a target inside", "body T eval:check_olemacro_redirect_uri()",
	  "Content-Type: application/octet-stream; name=\"a.docx\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "UEsDBBQAAAAIAAAAIQC0T5s1NgAAADsAAAARAAAAd29yZC9fcmVscy94LnJlbHOzCUrNSSzJzM8r\n"
	  "zsgsUPBMsVUyVFIISSxKTy2xVarQq8jNgXF981NSbZVcK0pSi/ISc5T07QBQSwECFAMUAAAACAAA\n"
	  "ACEAtE+bNTYAAAA7AAAAEQAAAAAAAAAAAAAAgAEAAAAAd29yZC9fcmVscy94LnJlbHNQSwUGAAAA\n"
	  "AAEAAQA/AAAAZQAAAAAA\n",
	  0 },
	{ "MHTML", "body T eval:check_olemacro_mhtml_uri()",
	  "Content-Type: application/octet-stream; name=\"a.docx\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "UEsDBBQAAAAIAAAAIQDCvHq8SwAAAE8AAAARAAAAd29yZC9fcmVscy94LnJlbHOzCUrNSSzJzM8r\n"
	  "zsgsUPBMsVUyVFIISSxKTy2xVcrNKMnNscooKSmw0tdPrUjMLchJ1UvOz9WHKfHNT0m1VXKtKEkt\n"
	  "ykvMUdK3AwBQSwECFAMUAAAACAAAACEAwrx6vEsAAABPAAAAEQAAAAAAAAAAAAAAgAEAAAAAd29y\n"
	  "ZC9fcmVscy94LnJlbHNQSwUGAAAAAAEAAQA/AAAAegAAAAAA\n",
	  1 },
	{ "no MHTML", "body T eval:check_olemacro_mhtml_uri()",
	  "Content-Type: application/octet-stream; name=\"a.docx\"\nContent-Transfer-Encoding: "
	  "base64\n\n"
	  "UEsDBBQAAAAIAAAAIQDoxRRcRQAAAEkAAAARAAAAd29yZC9fcmVscy94LnJlbHOzCUrNSSzJzM8r\n"
	  "zsgsUPBMsVUyVFIISSxKTy2xVcooKSmw0tdPrUjMLchJ1UvOz9WHSfrmp6TaKrlWlKQW5SXmKOnb\n"
	  "AQBQSwECFAMUAAAACAAAACEA6MUUXEUAAABJAAAAEQAAAAAAAAAAAAAAgAEAAAAAd29yZC9fcmVs\n"
	  "cy94LnJlbHNQSwUGAAAAAAEAAQA/AAAAdAAAAAAA\n",
	  0 },
};

static void test_rows(void **state)
{
	(void)state;
	assert_int_equal(harness_wrong_rows(rows, sizeof(rows) / sizeof(rows[0])), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
