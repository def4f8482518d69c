using MLNet.Sequence.Managed;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>A matrix packed for the products of one pass, in libtorch's memory, which is aligned and freed with the dispose scope.</summary>
internal sealed class PackedWeights(int rows, int columns)
{
    private readonly Tensor _packed = empty(PackedProduct.LengthOf(rows, columns));

    public PackedProduct Product => new(TorchMemory.Floats(_packed), rows, columns);

    /// <summary>Fills columns of the matrix.</summary>
    /// <param name="first">The first column.</param>
    /// <param name="values">Contiguous: the columns, [rows, n], or one column, [rows].</param>
    public PackedWeights With(int first, Tensor values)
    {
        int count = (int)(values.numel() / rows);
        Product.Pack(TorchMemory.Floats(values), count, 1, first, count);
        return this;
    }

    /// <summary>The transpose of a contiguous matrix.</summary>
    public static PackedWeights Transposed(Tensor matrix)
    {
        int rows = (int)matrix.shape[0], columns = (int)matrix.shape[1];
        var packed = new PackedWeights(columns, rows);
        packed.Product.Pack(TorchMemory.Floats(matrix), 1, columns, 0, rows);
        return packed;
    }
}
