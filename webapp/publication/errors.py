"""Why something is not published, each with its stable code."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, Problem


class IllegalStep(Conflict):
    """The publication has moved on."""

    code = "publication_step_illegal"
    message = _l("Langkah ini tidak mungkin dari keadaan publikasi sekarang. Muat ulang halaman.")


class CaseNotVerified(Conflict):
    """Only what is verified is published."""

    code = "case_not_verified"
    message = _l("Hanya bukti yang terverifikasi yang dapat dipublikasikan.")


class PublishedTwice(Conflict):
    """A case has one living publication."""

    code = "published_twice"
    message = _l("Bukti ini sudah disiapkan untuk publik.")


class PersonalNumber(Problem):
    """A NIK in what everybody would read."""

    code = "public_text_nik"
    message = _l("Teks publik memuat nomor yang mirip NIK. Hapus nomornya.")


class PersonalPhone(Problem):
    """A telephone number in what everybody would read."""

    code = "public_text_phone"
    message = _l("Teks publik memuat nomor telepon. Hapus nomornya.")


class PersonalEmail(Problem):
    """An e-mail address in what everybody would read."""

    code = "public_text_email"
    message = _l("Teks publik memuat alamat surel. Hapus alamatnya.")


class TooExact(Problem):
    """The point would be more exact than the tags of the case allow."""

    code = "point_too_exact"
    message = _l("Titik setepat itu tidak boleh dipublikasikan untuk bukti dengan penanda ini.")


class CentreUnknown(Problem):
    """The kecamatan has no boundary, so no centre either."""

    code = "centre_unknown"
    message = _l("Pusat kecamatan ini belum diketahui; pilih ketepatan lain.")


class RestrictedHasPhotos(Problem):
    """Nothing of a restricted zone is shown."""

    code = "restricted_zone"
    message = _l("Dari zona terlarang tidak ada foto yang dipublikasikan.")


class PhotoUnknown(Problem):
    """A photo that is none of the case, or whose pictures were not made."""

    code = "photo_unknown"
    message = _l("Foto itu tidak ada pada bukti ini atau belum dapat dibuka.")


class PhotoNotSeen(Conflict):
    """A person looks at each photo before it may be public."""

    code = "photo_not_seen"
    message = _l("Setiap foto harus diperiksa orang sebelum dapat disetujui.")


class NothingCovered(Problem):
    """Neither a box nor the word that there is nothing to cover."""

    code = "nothing_covered"
    message = _l("Gambarkan kotak, atau nyatakan bahwa tidak ada yang perlu disamarkan pada foto ini.")


class BoxInvalid(Problem):
    """Numbers that are no box inside the picture."""

    code = "box_invalid"
    message = _l("Kotak harus berada di dalam gambar: angka 0 sampai 100 persen, dengan lebar dan tinggi lebih dari 0.")


class TooManyBoxes(Problem):
    """More boxes than anybody draws."""

    code = "too_many_boxes"
    message = _l("Terlalu banyak kotak pada satu foto. Tutup bagian yang ramai dengan satu kotak besar.")


class OwnWork(Conflict):
    """Whoever prepared it is not the second person."""

    code = "second_person_needed"
    message = _l("Bukti ini memuat data yang dilindungi: yang menyetujui harus orang lain dari yang menyiapkan.")


class OwnCase(Conflict):
    """The unit whose case it is does not give the second look at it."""

    code = "second_look_is_a_strangers"
    message = _l("Bukti ini dari unit Anda sendiri: persetujuannya harus dari orang di luar unit itu.")


class ClearUnconfirmed(Problem):
    """The second person has not said of each photo without boxes that there is nothing to cover."""

    code = "clear_unconfirmed"
    message = _l("Nyatakan pada setiap foto tanpa kotak bahwa Anda juga tidak menemukan yang perlu ditutup.")


class PictureUnavailable(Problem):
    """The picture to cover is gone or cannot be opened."""

    status, code = 503, "picture_unavailable"
    message = _l("Gambar belum dapat disamarkan sekarang. Coba lagi sebentar lagi.")
