using System.Reflection;
using System.Runtime.Loader;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>A host that loads the library as a plug-in and looks up native libraries in its own folder.</summary>
internal sealed class PluginHost(string natives) : AssemblyLoadContext("reports")
{
    /// <summary>Starts libtorch in it.</summary>
    public static void Start(string natives)
    {
        Type runtime = new PluginHost(natives).LoadFromAssemblyName(new AssemblyName("MLNet.Sequence")).GetType("MLNet.Sequence.TorchRuntime")!;
        runtime.GetMethod("EnsureLoaded")!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, null, null);
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string path = Path.Combine(AppContext.BaseDirectory, $"{assemblyName.Name}.dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        string path = Path.Combine(natives, $"lib{unmanagedDllName}.so");
        return File.Exists(path) ? LoadUnmanagedDllFromPath(path) : IntPtr.Zero;
    }
}
