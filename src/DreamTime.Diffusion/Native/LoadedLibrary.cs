using System.Runtime.InteropServices;

namespace DreamTime.Diffusion;

/// <summary>What the dynamic linker (glibc's) remembers of a library it has loaded.</summary>
internal static class LoadedLibrary
{
    // struct link_map of <link.h>, which dlopen's handle points to: l_addr, then l_name.
    private static readonly int NameOffset = nint.Size;

    /// <summary>
    /// Lets a loaded library stand in for another file of the same name: whoever opens that path gets this library.
    /// Two copies of libtorch in one process abort it, and the runtime opens the copy beside the program by its path before it asks anyone.
    /// </summary>
    /// <param name="handle">The handle of the loaded library.</param>
    /// <param name="path">The absolute path it was loaded by.</param>
    /// <param name="other">The path to stand in for.</param>
    /// <returns>False where the linker is not glibc's.</returns>
    public static bool TryStandInFor(nint handle, string path, string other)
    {
        if (!OperatingSystem.IsLinux() || Marshal.PtrToStringUTF8(Marshal.ReadIntPtr(handle, NameOffset)) != path)
            return false;
        // Never freed: the linker keeps the pointer for the rest of the process.
        Marshal.WriteIntPtr(handle, NameOffset, Marshal.StringToCoTaskMemUTF8(other));
        return true;
    }
}
