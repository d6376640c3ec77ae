namespace DreamTime.Diffusion;

/// <summary>The element types of safetensors files that are read here, by their names in the file.</summary>
public enum SafetensorsDtype
{
    /// <summary>IEEE single precision.</summary>
    F32,

    /// <summary>IEEE half precision.</summary>
    F16,

    /// <summary>The upper half of a single-precision number.</summary>
    BF16,

    /// <summary>Signed, 64 bits.</summary>
    I64,

    /// <summary>Signed, 32 bits.</summary>
    I32,

    /// <summary>Unsigned, 8 bits.</summary>
    U8,
}

internal static class SafetensorsDtypes
{
    public static int Size(this SafetensorsDtype dtype) => dtype switch
    {
        SafetensorsDtype.I64 => 8,
        SafetensorsDtype.F32 or SafetensorsDtype.I32 => 4,
        SafetensorsDtype.F16 or SafetensorsDtype.BF16 => 2,
        _ => 1,
    };
}
