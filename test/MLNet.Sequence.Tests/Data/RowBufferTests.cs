using MLNet.Sequence.Data;

namespace MLNet.Sequence.Tests.Data;

/// <summary>Compares the buffer with a plain list. Chunks end after 64, 192, 448, … and 65,472 rows, then after every 65,536.</summary>
[TestClass]
public sealed class RowBufferTests
{
    private const int Rows = 140_000;
    private static readonly long[] Borders =
        [0, .. Enumerable.Range(1, 10).Select(chunks => 64L * ((1 << chunks) - 1)), 65_472 + 65_536, Rows];

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void Every_row_is_found_again(int width)
    {
        (RowBuffer<float> buffer, List<float[]> list) = Fill(width);
        Assert.AreEqual(Rows, buffer.Count);
        for (int row = 0; row < Rows; row++)
            Assert.IsTrue(buffer.Row(row).SequenceEqual(list[row]), $"row {row}");
    }

    [TestMethod]
    public void Ranges_across_chunks_are_copied_whole()
    {
        (RowBuffer<float> buffer, List<float[]> list) = Fill(2);
        foreach (long border in Borders)
        {
            foreach (int before in new[] { 0, 1, 2, 70, 70_000 })
            {
                foreach (int length in new[] { 0, 1, 3, 500, 69_999 })
                    AssertCopies(buffer, list, Math.Max(0, border - before), length);
            }
        }
    }

    [TestMethod]
    public void Rows_can_be_read_while_others_are_added()
    {
        var buffer = new RowBuffer<float>(1);
        for (int row = 0; row < 1000; row++)
        {
            buffer.Add([row]);
            Assert.AreEqual(row + 1, buffer.Count);
            Assert.AreEqual(row, buffer.Row(row)[0]);
            Assert.AreEqual(row / 2, buffer.Row(row / 2)[0]);
        }
    }

    private static (RowBuffer<float> Buffer, List<float[]> List) Fill(int width)
    {
        var buffer = new RowBuffer<float>(width);
        var list = new List<float[]>();
        for (int row = 0; row < Rows; row++)
        {
            list.Add([.. Enumerable.Range(0, width).Select(channel => (float)(row * width + channel))]);
            buffer.Add(list[row]);
        }

        return (buffer, list);
    }

    private static void AssertCopies(RowBuffer<float> buffer, List<float[]> list, long start, int length)
    {
        length = (int)Math.Min(length, Rows - start);
        var copy = new float[length * buffer.Width];
        buffer.CopyTo(start, copy);
        for (int row = 0; row < length; row++)
        {
            float[] expected = list[(int)start + row];
            Assert.IsTrue(copy.AsSpan(row * expected.Length, expected.Length).SequenceEqual(expected), $"{length} rows from {start}: row {row}");
        }
    }
}
