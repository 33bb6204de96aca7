/* libcrypto as the system ships it, and a few wrappers for what Swift cannot call or cannot call safely. */
#ifndef CLIBCRYPTO_SHIM_H
#define CLIBCRYPTO_SHIM_H

/* SHA256_Transform is called deprecated since 3.0, and stays for as long as libcrypto.so.3 does: AuthenticationStates
   says why it is used. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/ess.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <sys/prctl.h>

/* Sets SHA-256 as the digest of an HMAC context. An OSSL_PARAM keeps its name and value by pointer,
   and only a C literal is sure to outlive it. Returns 1 on success. */
static inline int sluice_mac_use_sha256(EVP_MAC_CTX *context) {
  OSSL_PARAM params[2];
  params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0);
  params[1] = OSSL_PARAM_construct_end();
  return EVP_MAC_CTX_set_params(context, params);
}

/* HKDF with SHA-256 (RFC 5869) in one of libcrypto's EVP_KDF_HKDF_MODE_ modes; here because of OSSL_PARAM,
   as above. An empty salt or info is left out, which libcrypto reads as empty. Returns 1 on success. */
static inline int sluice_hkdf_sha256(
    EVP_KDF *kdf, int mode, const void *key, size_t key_length, const void *salt, size_t salt_length,
    const void *info, size_t info_length, unsigned char *output, size_t output_length) {
  OSSL_PARAM params[6];
  int count = 0;
  EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
  if (context == NULL) return 0;
  params[count++] = OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode);
  params[count++] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0);
  params[count++] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key, key_length);
  if (salt_length > 0)
    params[count++] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, salt_length);
  if (info_length > 0)
    params[count++] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, info_length);
  params[count] = OSSL_PARAM_construct_end();
  int result = EVP_KDF_derive(context, output, output_length, params);
  EVP_KDF_CTX_free(context);
  return result;
}

/* RFC 4514's form of a name, with control characters and all beyond ASCII escaped; the macro's expression is not imported. */
static const unsigned long sluice_name_flags = XN_FLAG_RFC2253;

/* Makes the process undumpable: no core file, no ptrace by the same user. prctl is variadic, which Swift
   does not import. Returns 0 on success, -1 with errno. */
static inline int sluice_make_undumpable(void) { return prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L); }

/* What the process is now: 0 undumpable, 1 dumpable. */
static inline int sluice_is_dumpable(void) { return prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L); }

#endif
