"""THE TABLE of XMP properties that PDF/A-3 knows without a description (XMP specification 2005, ISO 19005-3 6.6).

Per namespace and type the names, then the values of simple types, then the fields of structures. Closed choices are not
looked into: they were a rule of PDF/A-1.
"""

from __future__ import annotations

PROPERTIES: dict[str, dict[str, str]] = {
    "http://purl.org/dc/elements/1.1/": {
        "bag locale": "language",
        "bag propername": "contributor publisher",
        "bag text": "relation subject type",
        "lang alt": "description rights title",
        "mimetype": "format",
        "seq date": "date",
        "seq propername": "creator",
        "text": "coverage identifier source",
    },
    "http://ns.adobe.com/xap/1.0/": {
        "agentname": "CreatorTool",
        "alt thumbnail": "Thumbnails",
        "bag text": "Advisory Identifier",
        "date": "CreateDate MetadataDate ModifyDate",
        "real": "Rating",
        "text": "Label Nickname",
        "url": "BaseURL",
    },
    "http://ns.adobe.com/xap/1.0/rights/": {
        "bag propername": "Owner",
        "boolean": "Marked",
        "lang alt": "UsageTerms",
        "url": "Certificate WebStatement",
    },
    "http://ns.adobe.com/xap/1.0/mm/": {
        "agentname": "Manager",
        "integer": "SaveID",
        "renditionclass": "RenditionClass",
        "resourceref": "DerivedFrom ManagedFrom RenditionOf",
        "seq resourceevent": "History",
        "seq version": "Versions",
        "text": "ManagerVariant RenditionParams VersionID",
        "uri": "DocumentID InstanceID ManageTo ManageUI",
        "url": "LastURL",
    },
    "http://ns.adobe.com/xap/1.0/bj/": {
        "bag job": "JobRef",
    },
    "http://ns.adobe.com/xap/1.0/t/pg/": {
        "bag font": "Fonts",
        "dimensions": "MaxPageSize",
        "integer": "NPages",
        "seq colorant": "Colorants",
        "seq text": "PlateNames",
    },
    "http://ns.adobe.com/pdf/1.3/": {
        "agentname": "Producer",
        "text": "Keywords PDFVersion",
    },
    "http://ns.adobe.com/photoshop/1.0/": {
        "bag text": "SupplementalCategories",
        "date": "DateCreated",
        "integer": "Urgency",
        "propername": "CaptionWriter",
        "text": "AuthorsPosition Category City Country Credit Headline Instructions Source State TransmissionReference",
    },
    "http://ns.adobe.com/tiff/1.0/": {
        "agentname": "Software",
        "date": "DateTime",
        "integer": (
            "Compression ImageLength ImageWidth Orientation PhotometricInterpretation PlanarConfiguration ResolutionUnit "
            "SamplesPerPixel YCbCrPositioning "
        ),
        "lang alt": "Copyright ImageDescription",
        "propername": "Artist Make Model",
        "rational": "XResolution YResolution",
        "seq integer": "BitsPerSample TransferFunction",
        "seq rational": "PrimaryChromaticities ReferenceBlackWhite WhitePoint YCbCrCoefficients",
    },
    "http://ns.adobe.com/exif/1.0/": {
        "cfapattern": "CFAPattern",
        "date": "DateTimeDigitized DateTimeOriginal GPSTimeStamp",
        "devicesettings": "DeviceSettingDescription",
        "flash": "Flash",
        "gpscoordinate": "GPSDestLatitude GPSDestLongitude GPSLatitude GPSLongitude",
        "integer": (
            "ColorSpace Contrast CustomRendered ExposureMode ExposureProgram FileSource FocalLengthIn35mmFilm "
            "FocalPlaneResolutionUnit GPSAltitudeRef GPSDifferential GainControl LightSource MeteringMode PixelXDimension "
            "PixelYDimension Saturation SceneCaptureType SceneType SensingMethod Sharpness SubjectDistanceRange "
            "WhiteBalance "
        ),
        "lang alt": "UserComment",
        "oecf/sfr": "OECF SpatialFrequencyResponse",
        "rational": (
            "ApertureValue BrightnessValue CompressedBitsPerPixel DigitalZoomRatio ExposureBiasValue ExposureIndex "
            "ExposureTime FNumber FlashEnergy FocalLength FocalPlaneXResolution FocalPlaneYResolution GPSAltitude GPSDOP "
            "GPSDestBearing GPSDestDistance GPSImgDirection GPSSpeed GPSTrack MaxApertureValue ShutterSpeedValue "
            "SubjectDistance "
        ),
        "seq integer": "ISOSpeedRatings SubjectArea SubjectLocation",
        "text": (
            "ExifVersion FlashpixVersion GPSAreaInformation GPSDestBearingRef GPSDestDistanceRef GPSImgDirectionRef "
            "GPSMapDatum GPSMeasureMode GPSProcessingMethod GPSSatellites GPSSpeedRef GPSStatus GPSTrackRef GPSVersionID "
            "ImageUniqueID RelatedSoundFile SpectralSensitivity "
        ),
    },
    "http://ns.adobe.com/xmp/1.0/DynamicMedia/": {
        "bag media": "contributedMedia",
        "beatsplicestretch": "beatSpliceParams",
        "boolean": "loop videoAlphaUnityIsTransparent",
        "colorant": "videoAlphaPremultipleColor",
        "date": "audioModDate metadataModDate releaseDate shotDate videoModDate",
        "dimensions": "videoFrameSize",
        "integer": "audioSampleRate trackNumber",
        "projectlink": "projectRef",
        "rational": "fileDataRate videoPixelAspectRatio",
        "real": "numberOfBeats tempo",
        "resamplestretch": "resampleParams",
        "seq marker": "markers",
        "text": (
            "album altTapeName artist audioChannelType audioCompressor audioSampleType composer copyright engineer genre "
            "instrument key logComment pullDown scaleType scene shotLocation shotName speakerPlacement stretchMode tapeName "
            "timeSignature videoAlphaMode videoColorSpace videoCompressor videoFieldOrder videoFrameRate videoPixelDepth "
        ),
        "time": "duration introTime outCue relativeTimestamp",
        "timecode": "altTimecode startTimecode",
        "timescalestretch": "timeScaleParams",
        "uri": "absPeakAudioFilePath relativePeakAudioFilePath",
    },
    "http://ns.adobe.com/camera-raw-settings/1.0/": {
        "boolean": "AutoBrightness AutoContrast AutoExposure AutoShadows HasCrop HasSettings",
        "integer": (
            "BlueHue BlueSaturation Brightness ChromaticAberrationB ChromaticAberrationR ColorNoiseReduction Contrast "
            "CropUnits GreenHue GreenSaturation LuminanceSmoothing RedHue RedSaturation Saturation ShadowTint Shadows "
            "Sharpness Temperature Tint VignetteAmount VignetteMidpoint "
        ),
        "real": "CropAngle CropBottom CropHeight CropLeft CropRight CropTop CropWidth Exposure",
        "seq text": "ToneCurve",
        "text": "CameraProfile RawFileName ToneCurveName Version WhiteBalance",
    },
    "http://ns.adobe.com/exif/1.0/aux/": {
        "text": "Lens SerialNumber",
    },
    "http://www.aiim.org/pdfa/ns/id/": {
        "integer": "part",
        "text": "amd conformance corr",
    },
}

_EXIF, _DM = "http://ns.adobe.com/exif/1.0/", "http://ns.adobe.com/xmp/1.0/DynamicMedia/"

SIMPLE: dict[str, str] = {
    "boolean": "True|False",
    "integer": r"[+-]?\d+",
    "real": r"[+-]?\d+\.?\d*|[+-]?\d*\.?\d+",
    "mimetype": r"[-\w+.]+/[-\w+.]+",
    "date": r"|\d{1,4}(-\d\d?(-\d\d?(T\d\d(:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d(:?\d\d)?)?)?)?)?",
    "gpscoordinate": r"\d{1,3},\d\d?(,\d\d?|\.\d+)[NSEW]",
    **dict.fromkeys("text propername agentname rational renditionclass uri url xpath locale guid any lang".split(), r"(?s).*"),
}
"""regular expressions for the values of simple types"""

STRUCTURES: dict[str, tuple[str, dict[str, str]]] = {
    "dimensions": ("http://ns.adobe.com/xap/1.0/sType/Dimensions#", {"real": "w h", "text": "unit"}),
    "font": (
        "http://ns.adobe.com/xap/1.0/sType/Font#",
        {"text": "fontName fontFamily fontFace fontType versionString fontFileName", "boolean": "composite", "seq text": "childFontFiles"},
    ),
    "thumbnail": ("http://ns.adobe.com/xap/1.0/g/img/", {"integer": "height width", "text": "image format"}),
    "resourceevent": (
        "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#",
        {"text": "action instanceID parameters softwareAgent", "date": "when"},
    ),
    "resourceref": (
        "http://ns.adobe.com/xap/1.0/sType/ResourceRef#",
        {"text": "instanceID documentID versionID renditionClass renditionParams manager managerVariant manageTo manageUI"},
    ),
    "version": (
        "http://ns.adobe.com/xap/1.0/sType/Version#",
        {"text": "comments modifier version", "resourceevent": "event", "date": "modifyDate"},
    ),
    "job": ("http://ns.adobe.com/xap/1.0/sType/Job#", {"text": "name id url"}),
    "colorant": (
        "http://ns.adobe.com/xap/1.0/g/",
        {"text": "swatchName mode type", "real": "cyan magenta yellow black L", "integer": "red green blue A B"},
    ),
    "beatsplicestretch": (_DM, {"boolean": "useFileBeatsMarker", "real": "riseInDecibel", "time": "riseInTimeDuration"}),
    "marker": (_DM, {"any": "startTime duration", "text": "comment name location target type"}),
    "media": (_DM, {"text": "path track webStatement", "time": "startTime duration", "boolean": "managed"}),
    "projectlink": (_DM, {"text": "path type"}),
    "resamplestretch": (_DM, {"text": "quality"}),
    "time": (_DM, {"integer": "value", "text": "scale"}),
    "timecode": (_DM, {"text": "timeValue timeFormat"}),
    "timescalestretch": (_DM, {"real": "frameSize frameOverlappingPercentage", "text": "quality"}),
    "flash": (_EXIF, {"boolean": "Fired Function RedEyeMode", "text": "Return Mode"}),
    "oecf/sfr": (_EXIF, {"integer": "Columns Rows", "seq text": "Names Values"}),
    "cfapattern": (_EXIF, {"integer": "Columns Rows", "seq integer": "Values"}),
    "devicesettings": (_EXIF, {"integer": "Columns Rows", "seq text": "Settings"}),
}
"""structures: the namespace of their fields, and per type the names"""
