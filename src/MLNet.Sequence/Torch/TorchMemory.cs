using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// Other views of a tensor's memory, on any device. TorchSharp has no methods for them, so libtorch's C interface is used, which is stable
/// across versions (aoti_torch/c/shim.h).
/// </summary>
internal static class TorchMemory
{
    private static readonly Lazy<nint> Library = new(() =>
        NativeLibrary.Load(LoadedModules.PathOf(NativeNames.TorchCpu) ?? throw new TorchLoadException("libtorch is not loaded.")));
    private static readonly Lazy<GetDataPointer> DataPointer = new(() => Function<GetDataPointer>("aoti_torch_get_data_ptr"));
    private static readonly Lazy<CreateFromBlob> FromBlob = new(() => Function<CreateFromBlob>("aoti_torch_create_tensor_from_blob"));
    private static readonly Lazy<ViewType> ViewOf = new(() => Function<ViewType>("aoti_torch_view_dtype"));

    private delegate int GetDataPointer(nint tensor, out nint data);

    private delegate int CreateFromBlob(
        nint data, long dimensions, long[] sizes, long[] strides, long offset, int type, int deviceType, int deviceIndex, out nint tensor);

    private delegate int ViewType(nint tensor, int type, out nint view);

    /// <summary>
    /// A part of a contiguous tensor as a tensor with its own storage range, unlike a view. It does not own the memory:
    /// <paramref name="flat"/> must outlive it.
    /// </summary>
    /// <param name="flat">[n].</param>
    /// <param name="start">The first value.</param>
    /// <param name="count">The number of values; at least 1.</param>
    public static Tensor Over(Tensor flat, long start, long count)
    {
        Check(DataPointer.Value(flat.Handle, out nint data));
        data += (nint)(start * flat.ElementSize);
        Check(FromBlob.Value(data, 1, [count], [1], 0, (int)flat.dtype, (int)flat.device_type, flat.device_index, out nint tensor));
        GC.KeepAlive(flat);
        return Tensor.UnsafeCreateTensor(tensor);
    }

    /// <summary>The values of a contiguous float32 tensor on the CPU, which must outlive the span.</summary>
    public static Span<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    /// <summary>The same bytes as values of another type; with smaller values, the last dimension is larger in proportion.</summary>
    public static Tensor As(Tensor tensor, ScalarType type)
    {
        Check(ViewOf.Value(tensor.Handle, (int)type, out nint view));
        GC.KeepAlive(tensor);
        return Tensor.UnsafeCreateTensor(view);
    }

    private static T Function<T>(string name) where T : Delegate => NativeLibrary.TryGetExport(Library.Value, name, out nint address)
        ? Marshal.GetDelegateForFunctionPointer<T>(address)
        : throw new TorchLoadException($"This libtorch has no function {name}; libtorch {NativeNames.LibTorchVersion} and newer ones have it.");

    private static void Check(int code)
    {
        if (code != 0)
            throw new InvalidOperationException($"libtorch could not create a tensor on another's memory (code {code}); its reason is on the error stream.");
    }
}
