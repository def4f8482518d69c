namespace MLNet.Sequence.Tests.Sound;

[TestClass]
public sealed class MuLawTests
{
    [TestMethod]
    public void Classes_are_equal_steps_of_the_papers_curve()
    {
        for (int i = -1000; i <= 1000; i++)
        {
            double x = i / 1000.0;
            double f = Math.Sign(x) * Math.Log(1 + 255 * Math.Abs(x)) / Math.Log(256);
            int @class = MuLaw.Encode((float)x);
            Assert.IsLessThanOrEqualTo(0.5 + 1e-4, Math.Abs((f + 1) / 2 * 255 - @class));
        }
    }

    [TestMethod]
    public void The_ends_and_the_middle_are_where_they_should_be()
    {
        CollectionAssert.AreEqual(new byte[] { 0, 128, 255, 0, 255 }, new[] { -1f, 0f, 1f, -7f, float.PositiveInfinity }.Select(MuLaw.Encode).ToArray());
        Assert.AreEqual(1f, MuLaw.Decode(255));
        Assert.AreEqual(-1f, MuLaw.Decode(0));
        // By hand: class 192 has f = 129/255, and (256^(129/255) − 1) / 255 = 0.06088…
        Assert.AreEqual((Math.Pow(256, 129.0 / 255) - 1) / 255, MuLaw.Decode(192), 1e-6);
    }

    [TestMethod]
    public void Every_class_is_its_own_sample_and_quiet_ones_are_near_each_other()
    {
        for (int @class = 0; @class < MuLaw.Classes; @class++)
            Assert.AreEqual(@class, MuLaw.Encode(MuLaw.Decode((byte)@class)));
        // By hand: 2 (256^(1/255) − 1) / 255; equal steps of the sample itself would be 0.0078 apart.
        Assert.AreEqual(1.724e-4, MuLaw.Decode(128) - MuLaw.Decode(127), 1e-6);
        Assert.IsGreaterThan(0.04f, MuLaw.Decode(255) - MuLaw.Decode(254));
    }
}
